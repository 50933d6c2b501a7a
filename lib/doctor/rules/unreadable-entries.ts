import { RARE } from '../figures.js';
import { count, share } from '../finding.js';
import type { Rule } from '../rule.js';

/** The store holds what this version of the program cannot read. */
export const unreadableEntries: Rule = {
  name: 'unreadable-entries',
  check: ({ events: { 'entry-unreadable': unreadable = 0 }, patterns }) => {
    if (unreadable === 0) return [];
    const found = patterns.reduce((sum, each) => sum + each.sharedHits + each.staleHits + each.directReads, 0);
    const part = unreadable / (unreadable + found);
    return [
      {
        severity: part < RARE ? 'low' : 'medium',
        patterns: [],
        summary: 'Entries are stored that cannot be read; they count as misses.',
        evidence: [count('entries that could not be read', unreadable), share('of all that were found', part)],
        advice:
          'The event `entry-unreadable` has the key and the error. While two versions of a program run side by side, one may store what the other does not know: give each new class a codec in both first. For good, use a `prefix` of its own for each.',
      },
    ];
  },
};
