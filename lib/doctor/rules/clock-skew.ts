import { durationText } from '../figures.js';
import { milliseconds } from '../finding.js';
import type { Rule } from '../rule.js';

const NOTABLE = 1_000;
const LARGE = 60_000;

/** This process and the server of its store do not have the same time. */
export const clockSkew: Rule = {
  name: 'clock-skew',
  check: ({ health: { clockOffset: offset = 0 } }) => {
    const apart = Math.abs(offset);
    if (apart < NOTABLE) return [];
    const which = offset > 0 ? 'behind' : 'ahead of';
    return [
      {
        severity: apart < LARGE ? 'low' : 'medium',
        patterns: [],
        summary: `The clock of this machine is ${durationText(Math.round(apart / 1_000) * 1_000)} ${which} that of Redis.`,
        evidence: [milliseconds('apart', apart)],
        advice:
          'The lifetimes of entries do not depend on it. A `ttl` or `storeIf` that reckons with `Date` does, and so do values that tell a time: let NTP set both clocks.',
      },
    ];
  },
};
