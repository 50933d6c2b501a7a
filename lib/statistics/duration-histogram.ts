import { zeros } from './zeros.js';

/** Upper bounds, in milliseconds; what took longer is in a last bucket without one. */
export const DURATION_BOUNDS: readonly number[] = [
  0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000, 60_000,
];

/** Durations in milliseconds, as a snapshot has them. */
export interface DurationStats {
  readonly count: number;
  readonly sum: number;
  /** How many took at most each of {@link DURATION_BOUNDS} and more than the one before; the last count is of those that took longer than all. */
  readonly counts: readonly number[];
}

/** Durations, counted in buckets whose bounds Prometheus' users know: 1, 2.5 and 5 times powers of ten. */
export class DurationHistogram {
  readonly #counts = zeros(DURATION_BOUNDS.length + 1);
  #count = 0;
  #sum = 0;

  /** In milliseconds; 0 where there is none. */
  get mean(): number {
    return this.#sum / Math.max(1, this.#count);
  }

  add(milliseconds: number): void {
    let bucket = 0;
    while (bucket < DURATION_BOUNDS.length && milliseconds > (DURATION_BOUNDS[bucket] ?? 0)) bucket += 1;
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.#count += 1;
    this.#sum += milliseconds;
  }

  get snapshot(): DurationStats {
    return { count: this.#count, sum: this.#sum, counts: [...this.#counts] };
  }
}

/** The duration that the share `quantile` of all does not exceed, by interpolation within a bucket; `undefined` where there is none. */
export function quantileOf({ count, counts }: DurationStats, quantile: number): number | undefined {
  if (count === 0) return undefined;
  let left = quantile * count;
  for (const [bucket, inBucket] of counts.entries()) {
    if (inBucket > 0 && left <= inBucket) return between(bucket, left / inBucket);
    left -= inBucket;
  }
  return DURATION_BOUNDS.at(-1);
}

/** Of the last bucket nobody knows how long it is. */
function between(bucket: number, share: number): number {
  const from = DURATION_BOUNDS[bucket - 1] ?? 0;
  const to = DURATION_BOUNDS[bucket] ?? from;
  return from + (to - from) * share;
}
