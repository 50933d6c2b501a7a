import { whenThere, type Awaitable } from '../awaitable.js';
import type { AbandonResult, FillResult, FillTerms, SealedValue, Store } from '../stores/store.js';
import type { CallStatistics } from './call-statistics.js';
import type { Events, FillSkipReason } from './events.js';
import { sealFor, termsOf, windowsOf, type NoTerms } from './fill-terms.js';
import type { LoadJob } from './load-job.js';
import type { CachePolicy } from './policy.js';
import type { FillOutcome, Flight, Loaded } from './single-flight.js';
import { FAILED, type Failed, type StoreAccess } from './store-access.js';

export interface FillContext {
  readonly store: StoreAccess;
  readonly sealer: Pick<Store, 'seal'>;
  readonly events: Events;
  readonly statistics: CallStatistics;
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
  const { key, policy, loader } = job;
  const given = termsOf(context.events, { key, policy, args: loader.args }, value);
  const terms = typeof given === 'string' ? undefined : toBeRefreshedEarly(given, policy, flight);
  const sealed = terms !== undefined || flight.joined > 0 ? sealFor(context.sealer, key, value) : undefined;
  flight.closed = sealed === undefined && flight.joined === 0;
  const copy = sealed === undefined ? () => value : () => sealed.copy();
  const about = { key: job.key.text, pattern: job.key.pattern };
  if (!flight.mayFillWith(terms?.tags ?? [])) {
    context.events.emit('fill-refused', about);
    return { copy, filled: abandon(context, job, ticket, 'refused') };
  }
  if (terms !== undefined && sealed !== undefined && ticket !== undefined) {
    flight.filling = true;
    return { copy, filled: fill(context, job, ticket, sealed, terms) };
  }
  flight.closed = true;
  context.events.emit('fill-skipped', { ...about, reason: reasonToSkip(given, sealed) });
  return { copy, filled: abandon(context, job, ticket, tagsAreUntold(job, ticket) ? 'refused' : 'unfilled') };
}

function toBeRefreshedEarly(terms: FillTerms, { beta }: CachePolicy, flight: Flight<unknown>): FillTerms {
  if (beta === undefined) return terms;
  const { loadTook } = flight;
  const { ttl } = terms.lifetime;
  return { ...terms, lifetime: { ...terms.lifetime, early: { loadTook, ttl, freshFor: ttl } } };
}

/** No ticket knows the tags that the value would have told: those who joined must look for themselves. */
function tagsAreUntold({ policy, mode }: LoadJob, ticket: string | undefined): boolean {
  return policy.tagsFromValue && mode === 'foreground' && ticket !== undefined;
}

function reasonToSkip(terms: FillTerms | NoTerms, sealed: SealedValue | undefined): FillSkipReason {
  if (typeof terms === 'string') return terms;
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
  const result = store.abandon(key, ticket);
  return whenThere(result, tell);
}

function fill(
  { store, events, statistics }: FillContext,
  job: LoadJob,
  ticket: string,
  sealed: SealedValue,
  terms: FillTerms,
): Awaitable<FillOutcome> {
  const { key, mode } = job;
  const tell = (result: FillResult | Failed): FillOutcome => {
    if (result === FAILED) return 'unfilled';
    if (result === 'refused') {
      events.emit('fill-refused', { key: key.text, pattern: key.pattern });
    } else {
      statistics.filledByLoad(job, sealed, terms);
      events.tellCounted('fill', key, windowsOf(terms.lifetime));
    }
    return result;
  };
  // What was wanted anew must not stay old in the first tiers of other processes.
  const result = store[mode === 'anew' ? 'update' : 'fill'](key, ticket, sealed, terms);
  return whenThere(result, tell);
}
