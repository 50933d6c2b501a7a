import type { CacheStats } from '../../cache/cache-stats.js';

/** As many processes as may answer in turn, behind one address. */
const MOST = 32;

/** The clocks that tell when counting began may differ by so much between two looks at one process, in milliseconds. */
const SAME_BEGIN = 1_000;

/** A look, and the last one that had said something else. */
interface Seen {
  readonly seen: CacheStats;
  readonly before: CacheStats | undefined;
}

/**
 * The last look at each cache of each process: those that began counting at different times are different ones, whoever answers
 * under the address now, and one that was restarted has nothing to be compared with.
 */
export class LastLooks {
  #looks: readonly Seen[] = [];

  /**
   * The look before this one, which takes its place. One that says what was said already, as by an endpoint that is asked more often than it
   * collects figures, takes nobody's place.
   */
  replace(stats: CacheStats): CacheStats | undefined {
    const last = this.#looks.find(({ seen }) => isOfSame(seen, stats));
    const before = last?.seen.countedFor === stats.countedFor ? last.before : last?.seen;
    this.#looks = [{ seen: stats, before }, ...this.#looks.filter((each) => each !== last)].slice(0, MOST);
    return before;
  }
}

function isOfSame(one: CacheStats, other: CacheStats): boolean {
  const begins = [one, other].map(({ at, countedFor }) => at - countedFor) as [number, number];
  return (
    one.cache === other.cache && Math.abs(begins[0] - begins[1]) < SAME_BEGIN && one.countedFor <= other.countedFor
  );
}
