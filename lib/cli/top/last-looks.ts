import type { CacheStats } from '../../cache/cache-stats.js';

/** As many processes as may answer in turn, behind one address. */
const MOST = 32;

/** The clocks that tell when counting began may differ by so much between two looks at one process, in milliseconds. */
const SAME_BEGIN = 1_000;

/**
 * The last look at each cache of each process: those that began counting at different times are different ones, whoever answers
 * under the address now, and one that was restarted has nothing to be compared with.
 */
export class LastLooks {
  #looks: readonly CacheStats[] = [];

  /** The look before this one, which takes its place. */
  replace(stats: CacheStats): CacheStats | undefined {
    const last = this.#looks.find((each) => isOfSame(each, stats));
    this.#looks = [stats, ...this.#looks.filter((each) => each !== last)].slice(0, MOST);
    return last;
  }
}

function isOfSame(one: CacheStats, other: CacheStats): boolean {
  const begins = [one, other].map(({ at, countedFor }) => at - countedFor) as [number, number];
  return (
    one.cache === other.cache && Math.abs(begins[0] - begins[1]) < SAME_BEGIN && one.countedFor <= other.countedFor
  );
}
