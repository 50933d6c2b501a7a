import { describeThrown } from '../errors.js';
import type { Lifetime } from '../entry/entry.js';
import type { AbandonResult, Awaitable, FillResult, SealedValue, Store } from '../stores/store.js';
import type { Events, FillSkipReason } from './events.js';
import type { LoadJob } from './load-job.js';
import type { FillOutcome, Flight, Loaded } from './single-flight.js';
import { FAILED, type Failed, type StoreAccess } from './store-access.js';
import { warnOnce } from './warnings.js';

export interface FillContext {
  readonly store: StoreAccess;
  readonly sealer: Pick<Store, 'seal'>;
  readonly events: Events;
}

/** How a value is to be stored. */
interface FillTerms {
  readonly lifetime: Lifetime;
  readonly tags: readonly string[];
}

/**
 * What happens to a value between its load and the callers: it is sealed, before any caller can change it, and stored if
 * it is wanted and its ticket allows. Throws nothing; the callers get their value whatever becomes of the fill.
 */
export function fillAfterLoad(
  context: FillContext,
  job: LoadJob,
  flight: Flight<unknown>,
  ticket: string | undefined,
  value: unknown,
): Pick<Loaded, 'copy' | 'filled'> {
  const terms = termsOf(context, job, value);
  const sealed = terms !== undefined || flight.joined > 0 ? seal(context, job, value) : undefined;
  flight.closed = sealed === undefined && flight.joined === 0;
  const copy = sealed === undefined ? () => value : () => sealed.copy();
  const about = { key: job.key.text, pattern: job.key.pattern };
  if (flight.detached) {
    context.events.emit('fill-refused', about);
    return { copy, filled: abandon(context, job, ticket, 'refused') };
  }
  if (terms !== undefined && sealed !== undefined && ticket !== undefined) {
    return { copy, filled: fill(context, job, ticket, sealed, terms) };
  }
  context.events.emit('fill-skipped', { ...about, reason: reasonToSkip(terms, sealed) });
  return { copy, filled: abandon(context, job, ticket, 'unfilled') };
}

function reasonToSkip(terms: FillTerms | undefined, sealed: SealedValue | undefined): FillSkipReason {
  if (terms === undefined) return 'not wanted';
  return sealed === undefined ? 'value unsupported' : 'no ticket';
}

/** What is not stored may be from before an invalidation as well: the ticket knows, and those who joined must. */
function abandon(
  { store }: FillContext,
  { key }: LoadJob,
  ticket: string | undefined,
  known: FillOutcome,
): Awaitable<FillOutcome> {
  if (ticket === undefined) return known;
  const tell = (result: AbandonResult | Failed): FillOutcome => (result === 'refused' ? 'refused' : known);
  const result = store.abandon(key.text, ticket);
  return result instanceof Promise ? result.then(tell) : tell(result);
}

function fill(
  { store, events }: FillContext,
  { key }: LoadJob,
  ticket: string,
  sealed: SealedValue,
  { lifetime, tags }: FillTerms,
): Awaitable<FillOutcome> {
  const about = { key: key.text, pattern: key.pattern };
  const tell = (result: FillResult | Failed): FillOutcome => {
    if (result === FAILED) return 'unfilled';
    if (result === 'filled') events.emit('fill', { ...about, ...lifetime });
    else events.emit('fill-refused', about);
    return result;
  };
  const result = store.fill(key.text, ticket, sealed, lifetime, tags);
  return result instanceof Promise ? result.then(tell) : tell(result);
}

/** `undefined`: not to be stored. A user's function that fails must not cost the caller the value that is there. */
function termsOf({ events }: FillContext, { key, policy, loader }: LoadJob, value: unknown): FillTerms | undefined {
  try {
    const lifetime = policy.lifetimeOf(value, loader.args);
    return lifetime && { lifetime, tags: policy.tagsOf(value, loader.args) };
  } catch (error) {
    events.emit('option-failed', { key: key.text, pattern: key.pattern, option: 'ttl, storeIf or tags', error });
    warnOnce(
      'FRESHKEEP_OPTION_FAILED',
      key.pattern,
      `\`ttl\`, \`storeIf\` or \`tags\` failed, the value is not stored: ${describeThrown(error)}`,
    );
    return undefined;
  }
}

function seal({ sealer }: FillContext, { key }: LoadJob, value: unknown): SealedValue | undefined {
  try {
    return sealer.seal(value);
  } catch (error) {
    warnOnce('FRESHKEEP_VALUE_UNSUPPORTED', key.pattern, `values are not stored: ${describeThrown(error)}`);
    return undefined;
  }
}
