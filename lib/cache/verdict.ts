import { freshnessOf } from '../entry/entry.js';
import type { EntryReport, TierReport } from '../entry/tier-report.js';
import { describeThrown } from '../errors.js';
import type { Store } from '../stores/store.js';
import { now } from '../time/clock.js';
import { currentMode } from './call-mode.js';
import { isWritten } from './deferral.js';
import { tagsOf, type Facts, type Verdict } from './explanation.js';
import { isWithinLoad } from './loading-scope.js';

export interface Circumstances {
  /** The cache. */
  readonly owner: object;
  readonly store: Store;
  readonly closed: boolean;
}

/** What of the calling code, or the cache, decides whatever is stored. */
export function byCircumstance(
  { closed, owner, store }: Circumstances,
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

export function byQueue(store: Store, facts: Facts): Verdict | undefined {
  if (facts.queued === undefined) return undefined;
  const own = store.readAlone?.(facts.key);
  const waits = 'an invalidation of it is queued until the store can apply it';
  if (own !== undefined && freshnessOf(own, now()) === 'fresh')
    return { outcome: 'hit', reason: `${waits}; this process has loaded it since` };
  // Without the store there is no lock either.
  return { outcome: 'miss', reason: `${waits}; ${whatIsLoaded({ loads: facts.loads })}` };
}

export function byTiers(facts: Facts): Verdict {
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
