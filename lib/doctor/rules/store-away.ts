import { count } from '../finding.js';
import type { Rule } from '../rule.js';

/** The store does not answer now. */
export const storeAway: Rule = {
  name: 'store-away',
  check: ({ health: { breaker }, events }) => {
    if (breaker === undefined || breaker === 'closed') return [];
    return [
      {
        severity: 'high',
        patterns: [],
        summary:
          'Redis does not answer: methods are called without the shared entries, and no other process hears of what is loaded.',
        evidence: [count('operations that failed', events['store-failed'] ?? 0)],
        advice: 'The event `store-failed` has the error. What happens meanwhile, and what to set: docs/operations.md.',
      },
    ];
  },
};
