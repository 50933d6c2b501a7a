import type { PatternStats } from '../../statistics/pattern-stats.js';
import { count, milliseconds, share } from '../finding.js';
import { longestStaleWindow, meanLoad } from '../figures.js';
import { patternRule } from '../rule.js';

/** Fewer may be chance. */
const FEWEST_WAITING = 50;

/** Of the calls that found nothing: where less than this part joins others, each load has about one caller. */
const LEAST_SHARE = 0.5;

/** Entries come to the end of their ttl, and many callers wait for one load. */
export const stampede = patternRule('stampede', (pattern) => {
  const { misses, coalesced, waits, estimates } = pattern;
  const joining = (coalesced + waits) / Math.max(1, misses);
  if (estimates.waitedAtExpiry < FEWEST_WAITING || joining < LEAST_SHARE) return undefined;
  return {
    severity: 'high',
    patterns: [pattern.pattern],
    summary: 'Many callers wait for one load each time that an entry comes to the end of its ttl.',
    evidence: [
      count('calls that waited as an entry had expired', estimates.waitedAtExpiry),
      share('misses that joined the load of another call', joining),
      milliseconds('a load takes on average', meanLoad(pattern)),
    ],
    advice: adviceFor(pattern),
  };
});

function adviceFor(pattern: PatternStats): string {
  return longestStaleWindow(pattern) === 0
    ? 'Give the method `staleWhileRevalidate`: callers then get the stale value at once, while one load refreshes it.'
    : 'Make `staleWhileRevalidate` longer than the time between two calls of a key, or add `earlyRefresh`, so that a call comes while the value is still stale.';
}
