import { count, share } from '../finding.js';
import { percent } from '../figures.js';
import { patternRule } from '../rule.js';

const FEWEST_KEYS = 5_000;
const LEAST_SHARE = 0.9;

/** Nearly every call has a key of its own. */
export const keyExplosion = patternRule('key-explosion', ({ pattern, calls, estimates }) => {
  const perCall = Math.min(1, estimates.keys / Math.max(1, calls));
  if (estimates.keys < FEWEST_KEYS || perCall < LEAST_SHARE) return undefined;
  return {
    severity: 'medium',
    patterns: [pattern],
    summary: `Nearly every call makes a key that no call had before: ${percent(perCall)}.`,
    evidence: [count('calls', calls), count('different keys', estimates.keys), share('new keys', perCall)],
    advice:
      'Look for a part of the key that is never the same: a time, the id of a request, a whole object. Round it, pick what matters of it, or leave it out.',
  };
});
