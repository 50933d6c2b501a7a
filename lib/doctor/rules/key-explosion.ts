import { count, share } from '../finding.js';
import { longestTtl, percent } from '../figures.js';
import { patternRule } from '../rule.js';

const FEWEST_KEYS = 5_000;
const LEAST_SHARE = 0.9;
/** Of many keys nearly all are new at first: so long they have to come, in milliseconds, or for a ttl where that is less. */
const LONG = 3_600_000;

/** Nearly every call has a key of its own. */
export const keyExplosion = patternRule('key-explosion', (stats, { countedFor }) => {
  const { pattern, calls, estimates } = stats;
  const perCall = Math.min(1, estimates.keys / Math.max(1, calls));
  if (estimates.keys < FEWEST_KEYS || perCall < LEAST_SHARE) return undefined;
  if (countedFor < Math.min(LONG, longestTtl(stats) ?? LONG)) return undefined;
  return {
    severity: 'medium',
    patterns: [pattern],
    summary: `Nearly every call makes a key that no call had before: ${percent(perCall)}.`,
    evidence: [count('calls', calls), count('different keys', estimates.keys), share('new keys', perCall)],
    advice:
      'Look for a part of the key that is never the same: a time, the id of a request, a whole object. Round it, pick what matters of it, or leave it out.',
  };
});
