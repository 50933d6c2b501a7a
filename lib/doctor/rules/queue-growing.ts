import { count } from '../finding.js';
import type { Rule } from '../rule.js';

const MANY = 1_000;

/** Invalidations wait for the store. */
export const queueGrowing: Rule = {
  name: 'queue-growing',
  check: ({ health: { queuedInvalidations: queued }, events }) => {
    if (queued === 0) return [];
    return [
      {
        severity: queued === 'all' || queued >= MANY ? 'high' : 'medium',
        patterns: [],
        summary:
          queued === 'all'
            ? 'The invalidation of everything could not be applied yet: this process uses nothing that the store has until it is, and others may serve what is no longer right.'
            : 'Invalidations could not be applied yet: this process uses no stored value of these keys until they are, and others may serve what is no longer right.',
        evidence: [
          ...(queued === 'all' ? [] : [count('invalidations queued', queued)]),
          count('times that some were queued', events['invalidation-queued'] ?? 0),
          count('times that some were applied later', events['invalidation-replayed'] ?? 0),
        ],
        advice:
          'See to Redis: the event `invalidation-queued` has the error. They are lost with this process, so do not restart it before they are applied.',
      },
    ];
  },
};
