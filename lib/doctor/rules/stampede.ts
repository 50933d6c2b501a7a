import type { PatternStats } from '../../statistics/pattern-stats.js';
import { count, milliseconds } from '../finding.js';
import { longestStaleWindow, meanLoad } from '../figures.js';
import { patternRule } from '../rule.js';

/** Fewer may be chance. */
const FEWEST_WAITING = 50;

/** Where fewer of those who wait do so for the load of another, most loads have one caller, or ran before anybody had to wait. */
const LEAST_JOINING = 0.25;

/** With so many callers for each load, or where so many of all calls wait, somebody will notice. */
const MANY_JOINING = 0.8;
const MANY_OF_ALL = 0.01;

/** Entries come to the end of their ttl, and many callers wait for one load. */
export const stampede = patternRule('stampede', (pattern) => {
  const { calls, misses, coalesced, waits, refreshes } = pattern;
  const { waitedAtExpiry: waited } = pattern.estimates;
  const loads = misses - coalesced - waits + refreshes;
  const joining = waited / Math.max(1, waited + loads);
  const isMany = joining >= MANY_JOINING || waited >= MANY_OF_ALL * calls;
  if (waited < FEWEST_WAITING || joining < LEAST_JOINING || !isMany) return undefined;
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
