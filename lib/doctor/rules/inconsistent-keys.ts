import type { CacheStats } from '../../cache/cache-stats.js';
import { OTHER_PATTERNS } from '../../statistics/tallies.js';
import type { PatternStats } from '../../statistics/pattern-stats.js';
import { isToldOfWrites } from '../figures.js';
import { count, type Symptom } from '../finding.js';
import { alike } from '../pattern-likeness.js';
import type { Rule } from '../rule.js';

const FEWEST_INVALIDATIONS = 3;
/** Fewer may be a value that two things have in common for a while. */
const FEWEST_SHARED = 5;

/** One thing under two names, of which an invalidation reaches one. */
export const inconsistentKeys: Rule = {
  name: 'inconsistent-keys',
  check: (stats) => {
    const patterns = stats.patterns.filter(({ pattern }) => pattern !== OTHER_PATTERNS);
    const found = [...spelledAlike(patterns), ...invalidatedInVain(patterns), ...twoNames(stats, patterns)];
    const told = new Set<string>();
    return found.filter(({ patterns: names }) => !told.has(nameOf(names)) && told.add(nameOf(names)));
  },
};

const nameOf = (patterns: readonly string[]): string => [...patterns].sort().join('\n');

/** They differ in a separator, in case, or in an `s`. */
function spelledAlike(patterns: readonly PatternStats[]): Symptom[] {
  const groups = new Map<string, PatternStats[]>();
  for (const pattern of patterns) {
    const spelling = alike(pattern.pattern);
    groups.set(spelling, [...(groups.get(spelling) ?? []), pattern]);
  }
  return [...groups.values()].filter(({ length }) => length > 1).map(oneSpelling);
}

function oneSpelling(patterns: readonly PatternStats[]): Symptom {
  const names = patterns.map(({ pattern }) => pattern);
  const isInVain = patterns.some(isOnlyInvalidated) && patterns.some(isCached);
  return {
    severity: isInVain ? 'high' : 'medium',
    patterns: names,
    summary: isInVain
      ? `Cached by one name and invalidated by another: ${names.join(' and ')}. The entries stay.`
      : `Patterns that differ in their spelling alone: ${names.join(' and ')}. An invalidation of one does not reach the other.`,
    evidence: patterns.flatMap(usesOf),
    advice: ONE_FUNCTION,
  };
}

const ONE_FUNCTION =
  'Declare the key once, as a function (`const userKey = (id: number) => key`user:${id}`), and use that in readers and writers alike.';

const isCached = ({ calls, fills }: PatternStats): boolean => calls + fills > 0;

const isOnlyInvalidated = (pattern: PatternStats): boolean =>
  pattern.invalidations > 0 && !isCached(pattern) && pattern.directReads === 0;

function usesOf({ pattern, calls, invalidations }: PatternStats) {
  return [count(`calls of ${pattern}`, calls), count(`invalidations of ${pattern}`, invalidations)];
}

/** A pattern that is invalidated and never cached, beside one whose values change and that is never invalidated. */
function invalidatedInVain(patterns: readonly PatternStats[]): Symptom[] {
  const neglected = patterns.filter((each) => isCached(each) && !isToldOfWrites(each) && each.reloads.changed > 0);
  return patterns
    .filter((each) => isOnlyInvalidated(each) && each.invalidations >= FEWEST_INVALIDATIONS)
    .flatMap((each) => neglected.map((other) => inVain(each, other)));
}

function inVain(invalidated: PatternStats, cached: PatternStats): Symptom {
  return {
    severity: 'high',
    patterns: [invalidated.pattern, cached.pattern],
    summary: `${invalidated.pattern} is invalidated, and nothing is cached under it; values under ${cached.pattern} change, and it is never invalidated.`,
    evidence: [
      ...usesOf(invalidated),
      ...usesOf(cached),
      count(`values of ${cached.pattern} that had changed`, cached.reloads.changed),
    ],
    advice: `If ${invalidated.pattern} was meant to be ${cached.pattern}: ${ONE_FUNCTION}`,
  };
}

/** The same values are kept under two patterns, and writers know of one. */
function twoNames({ sharedValues }: CacheStats, patterns: readonly PatternStats[]): Symptom[] {
  return sharedValues.flatMap(({ patterns: names, loads }) => {
    const [one, other] = names.map((name) => patterns.find(({ pattern }) => pattern === name));
    if (one === undefined || other === undefined || loads < FEWEST_SHARED) return [];
    const told = [one, other].filter(isToldOfWrites);
    const [known] = told;
    if (known === undefined || told.length > 1) return [];
    const forgotten = known === one ? other : one;
    return [
      {
        severity: 'medium' as const,
        patterns: names,
        summary: `The same values are kept under ${one.pattern} and ${other.pattern}, and an invalidation reaches ${known.pattern} alone.`,
        evidence: [count('loads that found a value of the other', loads), ...usesOf(one), ...usesOf(other)],
        advice: `Let what invalidates ${known.pattern} invalidate ${forgotten.pattern} too, or give both one tag (docs/tags.md); or read by one of the two keys alone.`,
      },
    ];
  });
}
