import type { TierReport } from '../entry/tier-report.js';
import type { Invalidated } from '../invalidation/invalidation-bus.js';
import type { NamesOf } from '../known-names.js';
import type { LockHolder } from '../locks/refresh-lock.js';

export interface ExplainOptions {
  /** Are values shown? Default `false`. */
  readonly values?: boolean;
}

export const EXPLAIN_OPTIONS: NamesOf<ExplainOptions> = { values: true };

/** As the events of these names tell; `bypass`: the method is called as if there was no cache. */
export type CallOutcome = 'hit' | 'stale-hit' | 'stale-if-error' | 'miss' | 'bypass';

/** A load that is under way in this process. */
export interface LoadReport {
  /** It refreshes a stale entry; no caller waits for it, but where `staleAfter` is set. */
  readonly background: boolean;
  /** For how long the method has been running, in milliseconds; 0: it waits for the lock, or for its turn. */
  readonly loadingFor: number;
  /** How many calls have joined the one that began it. */
  readonly joined: number;
}

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

/** What an explanation is made of. */
export type Verdict = Pick<Explanation, 'outcome' | 'reason'>;

export type Facts = Omit<Explanation, keyof Verdict>;

/** Of entries that may still answer a call. */
export function tagsOf(tiers: Facts['tiers']): string[] {
  return [
    ...new Set(
      tiers.flatMap(({ entry }) => (entry && entry.lastResortFor > 0 ? entry.tags.map(({ name }) => name) : [])),
    ),
  ];
}
