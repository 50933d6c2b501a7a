import type { PatternStats } from '../../statistics/pattern-stats.js';
import { count, milliseconds } from '../finding.js';
import { longestStaleWindow, meanLoad } from '../figures.js';
import { patternRule } from '../rule.js';

/** Fewer may be chance. */
const FEWEST_WAITING = 50;

/**
 * Of loads and of calls that wait for the load of another, those that wait (half: a caller more for each load, on average); and of all calls.
 * Popular keys among many others have few waiting for each load on average: then it takes the more of all calls.
 */
const MANY: readonly { readonly joining: number; readonly ofAll: number }[] = [
  { joining: 0.8, ofAll: 0 },
  { joining: 0.5, ofAll: 0.01 },
  { joining: 0.25, ofAll: 0.05 },
];

/** Entries come to the end of their ttl, and many callers wait for one load. */
export const stampede = patternRule('stampede', (pattern) => {
  const { calls, misses, coalesced, waits, refreshes } = pattern;
  const { waitedAtExpiry: waited } = pattern.estimates;
  const loads = misses - coalesced - waits + refreshes;
  const joining = waited / Math.max(1, waited + loads);
  const isMany = MANY.some((each) => joining >= each.joining && waited >= each.ofAll * calls);
  if (waited < FEWEST_WAITING || !isMany) return undefined;
  return {
    severity: 'high',
    patterns: [pattern.pattern],
    summary: 'Many callers wait for one load each time that an entry comes to the end of its ttl.',
    evidence: [
      count('calls that waited as an entry had expired', waited),
      count('loads', loads),
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
