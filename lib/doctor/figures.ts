import type { PatternStats } from '../statistics/pattern-stats.js';

/** How long a load takes on average, in milliseconds; 0 where there was none. */
export function meanLoad({ loads }: PatternStats): number {
  return loads.count === 0 ? 0 : loads.sum / loads.count;
}

export function longestStaleWindow({ fillers }: PatternStats): number {
  return Math.max(0, ...fillers.map(({ staleWhileRevalidate }) => staleWhileRevalidate));
}
