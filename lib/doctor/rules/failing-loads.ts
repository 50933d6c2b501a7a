import { percent } from '../figures.js';
import { count, share } from '../finding.js';
import { patternRule } from '../rule.js';

const FEWEST = 20;
/** Of the loads: the alert `FreshkeepLoadsFail` has the same. */
const LEAST_SHARE = 0.1;
const MOST = 0.5;

/** The method itself fails: what fails is not stored, and each call tries again. */
export const failingLoads = patternRule('failing-loads', ({ pattern, failedLoads, loads, staleIfErrorHits }) => {
  const part = failedLoads / Math.max(1, loads.count);
  if (failedLoads < FEWEST || part < LEAST_SHARE) return undefined;
  return {
    severity: part < MOST ? 'medium' : 'high',
    patterns: [pattern],
    summary: `${percent(part)} of the loads fail: what fails is not stored, so that each call loads again.`,
    evidence: [
      count('loads that failed', failedLoads),
      share('of all', part),
      count('calls answered by an expired value', staleIfErrorHits),
    ],
    advice:
      'The event `load-failed` has the error. Where it is an answer, as that there is none, return `undefined` or `null` in the place of throwing: these are stored. Where the source is away, `staleIfError` answers with the last value.',
  };
});
