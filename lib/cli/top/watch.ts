import type { StatsSource } from '../stats/stats-source.js';
import type { Sort } from './sort.js';

/** What is watched, and how. */
export interface Watch {
  readonly source: StatsSource;
  /** In milliseconds. */
  readonly interval: number;
  readonly sort: Sort;
  /** Is one interval enough? */
  readonly once: boolean;
}
