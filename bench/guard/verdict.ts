import { medianOf, ratiosOf } from '../statistics.js';

/** Nanoseconds of a call, in rounds that two trees played together: what has one index belongs together. */
export interface Comparison {
  readonly path: string;
  readonly now: readonly number[];
  readonly before: readonly number[];
}

/** A path loses when its calls take longer by more than this. */
export const TOLERANCE = 0.15;

/** How much longer a call takes than before: 1 is as long. */
export function changeOf({ now, before }: Comparison): number {
  return medianOf(ratiosOf(now, before));
}

/** What was not measured has lost, too. */
export function hasLost(comparison: Comparison): boolean {
  return !(changeOf(comparison) <= 1 + TOLERANCE);
}

/** The same path, measured twice. */
export function together(one: Comparison, other: Comparison): Comparison {
  return { path: one.path, now: [...one.now, ...other.now], before: [...one.before, ...other.before] };
}

export function formatComparison(comparison: Comparison): string {
  const { path, now, before } = comparison;
  const cells = [
    path.padEnd(34),
    microseconds(medianOf(before)),
    microseconds(medianOf(now)),
    changeOf(comparison).toFixed(2).padStart(8),
    hasLost(comparison) ? '  LOST' : '',
  ];
  return cells.join('').trimEnd();
}

export const HEAD = ['path'.padEnd(34), 'before'.padStart(12), 'now'.padStart(12), '×'.padStart(8)].join('');

function microseconds(nanoseconds: number): string {
  return `${(nanoseconds / 1_000).toFixed(3)} µs`.padStart(12);
}
