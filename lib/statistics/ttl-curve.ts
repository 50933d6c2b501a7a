import { weightOf } from './key-sample.js';
import { outOfDateShare } from './out-of-date.js';
import type { SampleOfCalls } from './sampled-keys.js';
import type { Tally } from './tally.js';
import { TRIED_TTLS } from './ttl-grid.js';

/** What another ttl would have given, all else being as it was. */
export interface TtlEstimate {
  /** Milliseconds. */
  readonly ttl: number;
  /** The share of calls that would have found a fresh entry. */
  readonly hitRatio: number;
  /** The share of those that would have been given a value which the source no longer had; absent where too few values were loaded twice. */
  readonly outOfDate?: number;
}

export function ttlCurveOf(tally: Tally, sample: SampleOfCalls): TtlEstimate[] {
  const outOfDate = outOfDateShare(tally.observations, sample.lives);
  const missesWith = missesBy(tally, sample);
  return TRIED_TTLS.map((ttl, index) => ({
    ttl,
    hitRatio: Math.min(1, Math.max(0, 1 - missesWith(index) / tally.calls)),
    ...(outOfDate === undefined ? {} : { outOfDate: outOfDate(ttl) }),
  }));
}

/**
 * Calls are counted, so it is known how many the sample lacks, or has too many. That is for want of the few keys that are called most,
 * which a sample has by chance: as many of them as each of its keys stands for. (SHARDS takes all of these calls for hits, which are too
 * many where a ttl is short.)
 */
function missesBy(tally: Tally, { calls, lasting }: SampleOfCalls): (ttlIndex: number) => number {
  const weight = weightOf(tally);
  const lacking = weight === 1 ? 0 : tally.calls - calls;
  const shares = sharesOfRanks(Math.min(MOST_RANKS, Math.round(weight)));
  const rates = shares.map((share) => (share * Math.abs(lacking)) / Math.max(1, lasting));
  return (index) => {
    // Called at random, a key misses once, and as often as it is called on average while it is loaded; then it hits as often as in a ttl.
    const missing = rates.reduce((sum, rate, rank) => {
      const missed = 1 + rate * tally.loads.mean;
      return sum + (shares[rank] ?? 0) * (missed / (missed + rate * (TRIED_TTLS[index] ?? 0)));
    }, 0);
    return (tally.triedMisses[index] ?? 0) + lacking * missing;
  };
}

/** Further ones are called so rarely that they are like all others. */
const MOST_RANKS = 100;

/** Of the calls of so many keys, the share of each, from the most called one on: as Zipf's law has it, in inverse proportion to its rank. */
function sharesOfRanks(count: number): number[] {
  const portions = Array.from({ length: count }, (_, index) => 1 / (index + 1));
  const sum = portions.reduce((one, other) => one + other, 0);
  return portions.map((portion) => portion / sum);
}
