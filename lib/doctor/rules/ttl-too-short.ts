import type { CacheStats } from '../../cache/cache-stats.js';
import type { PatternStats } from '../../statistics/pattern-stats.js';
import type { TtlEstimate } from '../../statistics/ttl-curve.js';
import { changedShare, durationOption, estimateAt, longestStaleWindow, percent, usualTtl } from '../figures.js';
import { count, milliseconds, share } from '../finding.js';
import { patternRule } from '../rule.js';

const FEWEST_RELOADS = 20;
/** Values that changed more often are loaded again for a reason. */
const MOST_CHANGED = 0.02;
/** Where callers wait for loads, and where a stale window spares them that. */
const LEAST_GAIN = { waiting: 0.1, 'in the background': 0.3 };
/** Of all that could be gained: a longer ttl than it takes for so much keeps entries for little. */
const ENOUGH = 0.9;

/** Loads find the value that was there, again and again. */
export const ttlTooShort = patternRule('ttl-too-short', (pattern, stats) => {
  const ttl = usualTtl(pattern);
  const present = ttl === undefined ? undefined : estimateAt(pattern.ttlCurve, ttl);
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

/** What no value is known to outlive, and calls were counted long enough to tell. */
function betterThan(present: TtlEstimate, pattern: PatternStats, { countedFor }: CacheStats): TtlEstimate | undefined {
  const longer = pattern.ttlCurve.filter(
    ({ ttl, outOfDate = 0 }) => ttl > present.ttl && ttl <= countedFor && outOfDate <= MOST_CHANGED,
  );
  const best = Math.max(present.hitRatio, ...longer.map(({ hitRatio }) => hitRatio));
  const gain = best - present.hitRatio;
  if (gain < LEAST_GAIN[longestStaleWindow(pattern) === 0 ? 'waiting' : 'in the background']) return undefined;
  return longer.find(({ hitRatio }) => hitRatio >= present.hitRatio + ENOUGH * gain);
}
