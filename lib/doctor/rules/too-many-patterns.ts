import { OTHER_PATTERNS } from '../../statistics/tallies.js';
import { count } from '../finding.js';
import type { Rule } from '../rule.js';

/** There are more patterns than are told apart: what is the same in all keys of a method is not the same. */
export const tooManyPatterns: Rule = {
  name: 'too-many-patterns',
  check: ({ patterns }) => {
    const others = patterns.find(({ pattern }) => pattern === OTHER_PATTERNS);
    if (others === undefined) return [];
    return [
      {
        severity: 'medium',
        patterns: [OTHER_PATTERNS],
        summary:
          'There are more key patterns than are told apart: the rest are counted together, and of those nothing is said.',
        evidence: [count('patterns told apart', patterns.length - 1), count('calls counted together', others.calls)],
        advice:
          'Look for keys whose text is put together before the cache sees it, as `tenant-${id}:{0}`: what differs belongs in a placeholder, ' +
          '`tenant-{0}:{1}`, or into the template of key`…`. Where there are so many declarations, raise `statistics: { maxPatterns }`.',
      },
    ];
  },
};
