import type { PatternRates } from './interval.js';

/** By what rows are sorted, the first where nothing is said: the highest first, patterns by their names. */
export const SORTS = ['calls', 'hit', 'stale', 'loads', 'p99', 'saved', 'keys', 'bytes', 'pattern'] as const;
export type Sort = (typeof SORTS)[number];

const FIGURES: Readonly<Record<Exclude<Sort, 'pattern'>, (rates: PatternRates) => number>> = {
  calls: ({ callsPerSecond }) => callsPerSecond,
  hit: ({ hitRatio = -1 }) => hitRatio,
  stale: ({ stalePerSecond }) => stalePerSecond,
  loads: ({ loadsPerSecond }) => loadsPerSecond,
  p99: ({ loadP99 = -1 }) => loadP99,
  saved: ({ savedPerSecond }) => savedPerSecond,
  keys: ({ keys }) => keys,
  bytes: ({ bytesPerEntry = -1 }) => bytesPerEntry,
};

/** Rows that are alike are in the order of their names, so that they stay where they are. */
export function sorted(patterns: readonly PatternRates[], by: Sort): PatternRates[] {
  const byName = [...patterns].sort((one, other) => (one.pattern < other.pattern ? -1 : 1));
  if (by === 'pattern') return byName;
  const figure = FIGURES[by];
  return byName.sort((one, other) => figure(other) - figure(one));
}
