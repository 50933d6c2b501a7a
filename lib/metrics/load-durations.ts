import { DURATION_BOUNDS, type DurationStats } from '../statistics/duration-histogram.js';
import type { LabelledPattern } from './pattern-labels.js';

/** The bounds of the buckets, in seconds. The last bucket has none. */
export const SECONDS_BOUNDS: readonly number[] = DURATION_BOUNDS.map((bound) => bound / 1_000);

/** How long loads took, as histograms are exported: in seconds. */
export interface LoadDurations {
  readonly count: number;
  readonly sum: number;
  /** For each of {@link SECONDS_BOUNDS}, how many took no longer; they grow from bound to bound. */
  readonly upTo: readonly number[];
}

export function loadDurationsOf({ stats }: LabelledPattern): LoadDurations {
  const all = stats.map(({ loads }) => loads);
  const total = (figure: (loads: DurationStats) => number) => all.reduce((sum, loads) => sum + figure(loads), 0);
  let below = 0;
  const upTo = SECONDS_BOUNDS.map((_, bucket) => (below += total(({ counts }) => counts[bucket] ?? 0)));
  return { count: total(({ count }) => count), sum: total(({ sum }) => sum) / 1_000, upTo };
}
