import { quantileOf } from '../../statistics/duration-histogram.js';
import { count, milliseconds } from '../finding.js';
import { patternRule } from '../rule.js';

const FEWEST = 3;
/** Of the loads: fewer come of a restart of Redis now and then. */
const LEAST_SHARE = 0.001;

/** A process lost the refresh lock while it was loading, and others loaded as well. */
export const leaseEnded = patternRule('lease-ended', ({ pattern, endedLeases, loads }) => {
  if (endedLeases < FEWEST || endedLeases < LEAST_SHARE * loads.count) return undefined;
  return {
    severity: 'medium',
    patterns: [pattern],
    summary:
      'The lease of the refresh lock ended before the load did: meanwhile other processes may have loaded the same value.',
    evidence: [
      count('leases that ended', endedLeases),
      milliseconds('99 of 100 loads take less than', quantileOf(loads, 0.99) ?? 0),
    ],
    advice:
      'A lease is renewed while the load goes on, so either Redis did not answer in time, or the event loop was blocked for longer than the lease: look for long computations. Otherwise lengthen it: `lock: { lease }`.',
  };
});
