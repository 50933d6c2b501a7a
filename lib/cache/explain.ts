import { freshnessOf } from '../entry/entry.js';
import { reportOf, type EntryReport, type TierReport } from '../entry/tier-report.js';
import { describeThrown } from '../errors.js';
import type { Invalidated } from '../invalidation/invalidation-bus.js';
import type { CacheKey } from '../keys/cache-key.js';
import type { NamesOf } from '../known-names.js';
import type { LockHolder } from '../locks/refresh-lock.js';
import type { Store } from '../stores/store.js';
import { now } from '../time/clock.js';
import { currentMode } from './call-mode.js';
import { isWritten } from './deferral.js';
import { isWithinLoad } from './loading-scope.js';
import type { LoadReport, Loads } from './loads.js';
import type { PendingInvalidations } from './pending-invalidations.js';

export interface ExplainOptions {
  /** Are values shown? Default `false`. */
  readonly values?: boolean;
}

export const EXPLAIN_OPTIONS: NamesOf<ExplainOptions> = { values: true };

/** As the events of these names tell; `bypass`: the method is called as if there was no cache. */
export type CallOutcome = 'hit' | 'stale-hit' | 'stale-if-error' | 'miss' | 'bypass';

/** How a call would be answered now, and all that bears on it. All times in milliseconds. */
export interface Explanation {
  /** With the scope of the cache. */
  readonly key: string;
  readonly pattern: string;
  readonly outcome: CallOutcome;
  /** Why, in a sentence. */
  readonly reason: string;
  /** In the order in which they are asked. */
  readonly tiers: readonly TierReport[];
  /** Loads of the key that are under way in this process. */
  readonly loads: readonly LoadReport[];
  /** How long no refresh is begun, as the last one failed, or another process had the lock; 0: it may be. */
  readonly refreshPausedFor: number;
  /** Who has the refresh lock; absent where nobody has it, or nobody can tell. */
  readonly lock?: LockHolder;
  /** The queued invalidations that mean the entry: until they are applied, nobody here uses what the store has. */
  readonly queued?: Invalidated;
}

export interface ExplainContext {
  /** The cache. */
  readonly owner: object;
  readonly store: Store;
  readonly loads: Loads;
  readonly pending: PendingInvalidations;
  readonly closed: boolean;
}

type Verdict = Pick<Explanation, 'outcome' | 'reason'>;
type Facts = Omit<Explanation, keyof Verdict>;

/** Changes nothing: nothing is loaded, and no entry is evicted later for it. */
export async function explain(
  context: ExplainContext,
  key: CacheKey,
  { values = false }: ExplainOptions,
): Promise<Explanation> {
  const { store, loads, pending } = context;
  const [tiers, lock] = await Promise.all([inspect(store, key.text, values), holderOf(store, key.text)]);
  const queued = pending.about(key.text, tagsOf(tiers));
  const facts: Facts = {
    key: key.text,
    pattern: key.pattern,
    tiers,
    loads: loads.underWay(key.text),
    refreshPausedFor: Math.round(loads.pauseOf(key.text)),
    ...(lock && { lock }),
    ...(queued && { queued }),
  };
  return { ...(byCircumstance(context, key.text, tiers) ?? byQueue(store, facts) ?? byTiers(facts)), ...facts };
}

/** What of the calling code, or the cache, decides whatever is stored. */
function byCircumstance(
  { closed, owner, store }: ExplainContext,
  key: string,
  tiers: Facts['tiers'],
): Verdict | undefined {
  const mode = currentMode();
  if (closed) return bypass('the cache is closed');
  if (mode === 'bypassed') return bypass('the calling code is within `withCacheBypassed`');
  if (isWithinLoad(owner, key)) return bypass('the calling code is part of a load of this key');
  if (isWritten(store, key, tagsOf(tiers)))
    return bypass('it was invalidated by the transaction (`deferInvalidations`) that the calling code is part of');
  return mode === 'refreshed'
    ? { outcome: 'miss', reason: 'the calling code is within `withCacheRefreshed`' }
    : undefined;
}

function bypass(reason: string): Verdict {
  return { outcome: 'bypass', reason };
}

function byQueue(store: Store, facts: Facts): Verdict | undefined {
  if (facts.queued === undefined) return undefined;
  const own = store.readAlone?.(facts.key);
  const waits = 'an invalidation of it is queued until the store can apply it';
  if (own !== undefined && freshnessOf(own, now()) === 'fresh')
    return { outcome: 'hit', reason: `${waits}; this process has loaded it since` };
  // Without the store there is no lock either.
  return { outcome: 'miss', reason: `${waits}; ${whatIsLoaded({ loads: facts.loads })}` };
}

function byTiers(facts: Facts): Verdict {
  for (const { tier, notUsed, entry } of facts.tiers) {
    if (notUsed !== undefined) continue;
    if (entry?.state === 'fresh')
      return { outcome: 'hit', reason: `the entry in ${tier} is fresh for another ${inWords(entry.freshFor)}` };
    if (entry?.state === 'stale') {
      const stale = `the entry in ${tier} is stale, and may be served for another ${inWords(entry.servableFor)}`;
      return { outcome: 'stale-hit', reason: `${stale}; ${whatIsRefreshed(facts)}` };
    }
  }
  return (
    byLastResort(facts) ?? { outcome: 'miss', reason: [...facts.tiers.map(whyNot), whatIsLoaded(facts)].join('; ') }
  );
}

/** After a load that failed, what has expired answers at once for a while. */
function byLastResort({ tiers, refreshPausedFor }: Facts): Verdict | undefined {
  const last = tiers.find(({ notUsed, entry }) => notUsed === undefined && entry?.state === 'last-resort');
  if (last === undefined || refreshPausedFor === 0) return undefined;
  const reason = `${whyNot(last)}; the last one has failed, and none is begun for another ${inWords(refreshPausedFor)}`;
  return { outcome: 'stale-if-error', reason };
}

function whyNot({ tier, notUsed, unreadable, entry }: TierReport): string {
  if (notUsed !== undefined) return `${tier} is not used: ${notUsed}`;
  if (unreadable !== undefined) return `the entry in ${tier} cannot be read: ${describeThrown(unreadable)}`;
  return entry === undefined ? `${tier} has no entry` : `the entry in ${tier} ${whatEnded(entry)}`;
}

function whatEnded({ state, tags, lastResortFor }: EntryReport): string {
  if (state === 'last-resort')
    return `has expired, and may answer a call whose load fails for another ${inWords(lastResortFor)}`;
  const invalidated = tags.filter((tag) => tag.invalidated).map(({ name }) => `\`${name}\``);
  return state === 'invalidated' ? `has a tag that was invalidated: ${invalidated.join(', ')}` : 'has expired';
}

function whatIsLoaded({ loads, lock }: Pick<Facts, 'loads' | 'lock'>): string {
  if (loads.some(({ background }) => !background)) return 'a call joins the load that is under way here';
  return lock?.by === 'another process' ? 'a call waits for another process, which loads it' : 'a call loads it';
}

function whatIsRefreshed({ loads, lock, refreshPausedFor }: Facts): string {
  if (loads.some(({ background }) => background)) return 'its refresh is under way here';
  if (lock?.by === 'another process') return 'another process refreshes it';
  return refreshPausedFor > 0
    ? `no refresh is begun for another ${inWords(refreshPausedFor)}`
    : 'a call begins its refresh';
}

function inWords(milliseconds: number): string {
  return milliseconds === Infinity ? 'unbounded time' : `${Math.ceil(milliseconds)} ms`;
}

/** Of entries that may still answer a call. */
function tagsOf(tiers: Facts['tiers']): string[] {
  return [
    ...new Set(
      tiers.flatMap(({ entry }) => (entry && entry.lastResortFor > 0 ? entry.tags.map(({ name }) => name) : [])),
    ),
  ];
}

async function inspect(store: Store, key: string, values: boolean): Promise<readonly TierReport[]> {
  try {
    if (store.inspect !== undefined) return await store.inspect(key, { values });
    return [await inspectByReading(store, key, values)];
  } catch (error) {
    return [{ tier: 'store', notUsed: describeThrown(error) }];
  }
}

/** A store that cannot tell more shows what it would answer a call with. */
async function inspectByReading(store: Store, key: string, values: boolean): Promise<TierReport> {
  const entry = await store.read(key);
  if (entry === undefined) return { tier: 'store' };
  const tags = (entry.tags ?? []).map((name) => ({ name, invalidated: false }));
  return { tier: 'store', entry: { ...reportOf(entry, tags, now()), ...(values ? { value: entry.value } : {}) } };
}

async function holderOf({ lock }: Store, key: string): Promise<LockHolder | undefined> {
  try {
    return await lock?.holder?.(key);
  } catch {
    return undefined;
  }
}
