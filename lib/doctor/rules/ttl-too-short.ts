import type { CacheStats } from '../../cache/cache-stats.js';
import type { PatternStats } from '../../statistics/pattern-stats.js';
import type { TtlEstimate } from '../../statistics/ttl-curve.js';
import {
  changedShare,
  durationOption,
  estimateAt,
  isToldOfWrites,
  longestStaleWindow,
  longestTtl,
  percent,
} from '../figures.js';
import { count, milliseconds, share } from '../finding.js';
import { patternRule } from '../rule.js';

const FEWEST_RELOADS = 20;
/** Values that changed more often are loaded again for a reason. */
const MOST_CHANGED = 0.02;
/**
 * Changes that were not seen may come as often as three in the time that values were watched for, with a certainty of 95 % (the rule of
 * three), and a change of all values at once as often as once since counting began. A ttl of a tenth of the time between two changes
 * gives 5 % of hits that are out of date.
 */
const UNSEEN_CHANGES = 3;
const PART_BETWEEN_CHANGES = 0.1;
/** Where callers wait for loads, and where a stale window spares them that. */
const LEAST_GAIN = { waiting: 0.1, 'in the background': 0.3 };
/** Of all that could be gained: a longer ttl than it takes for so much keeps entries for little. */
const ENOUGH = 0.9;

/** Loads find the value that was there, again and again. */
export const ttlTooShort = patternRule('ttl-too-short', (pattern, stats) => {
  const ttl = longestTtl(pattern);
  const present = ttl === undefined ? undefined : presentAt(ttl, pattern);
  if (ttl === undefined || present === undefined) return undefined;
  if (pattern.reloads.count < FEWEST_RELOADS || changedShare(pattern) > MOST_CHANGED) return undefined;
  const better = betterThan(present, pattern, stats);
  if (better === undefined) return undefined;
  return {
    severity: longestStaleWindow(pattern) === 0 ? 'medium' : 'low',
    patterns: [pattern.pattern],
    summary: `Loads find the same value again and again: a longer ttl would spare ${percent(better.hitRatio - present.hitRatio)} of the calls a load.`,
    evidence: [
      milliseconds('ttl', ttl),
      share('calls that find a fresh entry at this ttl', present.hitRatio),
      share(`at a ttl of ${durationOption(better.ttl)}`, better.hitRatio),
      count('values loaded again', pattern.reloads.count),
      count('of which had changed', pattern.reloads.changed),
    ],
    advice: `Give it a ttl of ${durationOption(better.ttl)}${pattern.invalidations > 0 ? '' : ', and `@InvalidatesCache` on what changes the value, should anything do so'}.`,
  };
});

/** What was counted counts, where it is more: the curve knows nothing of what other processes have loaded for this one. */
function presentAt(ttl: number, { ttlCurve, localHits, sharedHits, calls }: PatternStats): TtlEstimate | undefined {
  const estimate = estimateAt(ttlCurve, ttl);
  if (estimate === undefined) return undefined;
  return { ...estimate, hitRatio: Math.max(estimate.hitRatio, (localHits + sharedHits) / Math.max(1, calls)) };
}

/** What no value is known to outlive, and calls were counted long enough to tell. */
function betterThan(present: TtlEstimate, pattern: PatternStats, { countedFor }: CacheStats): TtlEstimate | undefined {
  const longest = longestSafe(pattern, countedFor);
  const longer = pattern.ttlCurve.filter(
    ({ ttl, outOfDate = 0 }) => ttl > present.ttl && ttl <= longest && outOfDate <= MOST_CHANGED,
  );
  const best = Math.max(present.hitRatio, ...longer.map(({ hitRatio }) => hitRatio));
  const gain = best - present.hitRatio;
  if (gain < LEAST_GAIN[longestStaleWindow(pattern) === 0 ? 'waiting' : 'in the background']) return undefined;
  return longer.find(({ hitRatio }) => hitRatio >= present.hitRatio + ENOUGH * gain);
}

/** Where writers tell of changes, none are to be expected of which they do not. */
function longestSafe(pattern: PatternStats, countedFor: number): number {
  if (isToldOfWrites(pattern)) return countedFor;
  const { changed, ages } = pattern.reloads;
  return PART_BETWEEN_CHANGES * Math.min(countedFor, ages / (changed + UNSEEN_CHANGES));
}
