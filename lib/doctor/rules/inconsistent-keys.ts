import type { CacheStats } from '../../cache/cache-stats.js';
import { OTHER_PATTERNS } from '../../statistics/tallies.js';
import type { PatternStats } from '../../statistics/pattern-stats.js';
import { changedShare, isToldOfWrites } from '../figures.js';
import { count, type Symptom } from '../finding.js';
import { spelledAlike } from '../pattern-likeness.js';
import type { Rule } from '../rule.js';

const FEWEST_INVALIDATIONS = 3;
/** Fewer changes without an invalidation may be a correction. */
const FEWEST_CHANGED = 3;
const LEAST_CHANGED = 0.05;
/** Fewer may be a value that two things have in common for a while. */
const FEWEST_SHARED = 5;

const ONE_FUNCTION = 'Declare the key once, as a function, and use that in readers and writers alike.';

/** One thing under two names, of which an invalidation reaches one. */
export const inconsistentKeys: Rule = {
  name: 'inconsistent-keys',
  check: (stats) => {
    const patterns = stats.patterns.filter(({ pattern }) => pattern !== OTHER_PATTERNS);
    const found = [...misspelt(patterns), ...spelledTwice(patterns), ...inVain(patterns), ...twoNames(stats, patterns)];
    const told = new Map<string, Symptom>();
    for (const symptom of found) {
      const names = [...symptom.patterns].sort().join('\n');
      if (!told.has(names)) told.set(names, symptom);
    }
    return [...told.values()];
  },
};

/** One is cached, the other only invalidated. A list may be of the plural, and not yet called for: then writers know the singular too. */
function misspelt(patterns: readonly PatternStats[]): Symptom[] {
  const untold = patterns.filter((each) => isOnlyInvalidated(each) || !isToldOfWrites(each));
  const groups = [...spelledAlike(patterns, 'separators and case'), ...spelledAlike(untold, 'singular and plural too')];
  return groups.flatMap((alike) => {
    const all = [...alike.filter(isCached), ...alike.filter(isOnlyInvalidated)];
    if (!all.some(isCached) || all.every(isCached)) return [];
    return [
      {
        severity: 'high' as const,
        patterns: all.map(({ pattern }) => pattern),
        summary: `Cached by one name and invalidated by another: ${namesOf(all)}. The entries stay.`,
        evidence: all.flatMap(usesOf),
        advice: ONE_FUNCTION,
      },
    ];
  });
}

/** All are cached, and differ in a separator or in case. */
function spelledTwice(patterns: readonly PatternStats[]): Symptom[] {
  return spelledAlike(patterns.filter(isCached), 'separators and case').map((alike) => ({
    severity: 'medium',
    patterns: alike.map(({ pattern }) => pattern),
    summary: `Patterns that differ in their spelling alone: ${namesOf(alike)}. An invalidation of one does not reach the other.`,
    evidence: alike.flatMap(usesOf),
    advice: ONE_FUNCTION,
  }));
}

const namesOf = (patterns: readonly PatternStats[]): string => patterns.map(({ pattern }) => pattern).join(' and ');

const isCached = ({ calls, fills }: PatternStats): boolean => calls + fills > 0;

const isOnlyInvalidated = (pattern: PatternStats): boolean =>
  pattern.invalidations > 0 && !isCached(pattern) && pattern.directReads === 0;

function usesOf({ pattern, calls, invalidations }: PatternStats) {
  return [count(`calls of ${pattern}`, calls), count(`invalidations of ${pattern}`, invalidations)];
}

/**
 * A pattern that is invalidated and never cached, beside one of as many parts whose values change and that is never invalidated. A process
 * may well write what others read: where either could be meant with several others, nothing is said.
 */
function inVain(patterns: readonly PatternStats[]): Symptom[] {
  const invalidated = patterns.filter((each) => isOnlyInvalidated(each) && each.invalidations >= FEWEST_INVALIDATIONS);
  const neglected = patterns.filter((each) => isCached(each) && !isToldOfWrites(each) && changesOften(each));
  return invalidated.flatMap((each) => {
    const [other, ...others] = neglected.filter((cached) => isShapedLike(cached, each));
    const rivals = invalidated.filter((rival) => isShapedLike(rival, each));
    return other === undefined || others.length > 0 || rivals.length > 1 ? [] : [vainly(each, other)];
  });
}

function changesOften(pattern: PatternStats): boolean {
  return pattern.reloads.changed >= FEWEST_CHANGED && changedShare(pattern) >= LEAST_CHANGED;
}

/** As many parts that calls fill in. */
function isShapedLike(one: PatternStats, other: PatternStats): boolean {
  return one.pattern.split('{}').length === other.pattern.split('{}').length;
}

function vainly(invalidated: PatternStats, cached: PatternStats): Symptom {
  return {
    severity: 'medium',
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
