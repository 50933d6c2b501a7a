import type { PatternStats } from '../statistics/pattern-stats.js';

/** Fewer may all have changed by chance. */
const FEWEST_LOADS = 20;

/** Did every load find another value? Either values change all the time, or there is something in them that is of the load itself. */
export function isAlwaysChanging({ reloads: { count, changed } }: PatternStats): boolean {
  return count >= FEWEST_LOADS && changed === count;
}

/** What to look at before anything else is changed. */
export const ALWAYS_CHANGING =
  'Every load found another value: if there is a time, or anything random, in it that is of the load itself, leave that out of the method, or take this for a false alarm.';
