import type { FillerStats, PatternStats } from '../../statistics/pattern-stats.js';
import { durationOption } from '../figures.js';
import { count, milliseconds, type Symptom } from '../finding.js';
import { patternRule } from '../rule.js';

/** Fewer tell little of a lifetime that depends on the value. */
const FEWEST_FILLS = 5;

/** Jitter makes lifetimes differ by less than this part of them. */
const ALIKE = 0.9;

/** One thing is cached by several pieces of code, each with an opinion of its own. */
export const duplicatedLogic = patternRule('duplicated-logic', (pattern) => disagreeing(pattern) ?? byHand(pattern));

function disagreeing(pattern: PatternStats): Symptom | undefined {
  const [one, other] = firstDisagreement(pattern.fillers.filter(({ fills }) => fills >= FEWEST_FILLS)) ?? [];
  if (one === undefined || other === undefined) return undefined;
  if (areSameCode(one, other)) return declaredTwice(pattern, one, other);
  return {
    severity: 'medium',
    patterns: [pattern.pattern],
    summary: `${one.by} and ${other.by} fill the same entries, and keep them for different times: who comes first decides.`,
    evidence: lifetimesOf([one, other]),
    advice:
      `Declare the lifetime once and use it in both: ${durationOption(one.longestTtl)} or ${durationOption(other.longestTtl)}; ` +
      'or, where they mean different things, give each a key of its own.',
  };
}

/** One factory, called for each tenant say, whose keys are its own; or a copy of what it returns. Figures do not tell which. */
function declaredTwice({ pattern }: PatternStats, one: FillerStats, other: FillerStats): Symptom {
  return {
    severity: 'low',
    patterns: [pattern],
    summary: `The same code declares two lifetimes under one pattern: ${one.by} and ${other.by}.`,
    evidence: lifetimesOf([one, other]),
    advice:
      'Where it is run for each of several tenants, say, whose keys are their own, all is well. Where it is a copy, declare the lifetime once: who comes first decides.',
  };
}

function areSameCode(one: FillerStats, other: FillerStats): boolean {
  return (other.sameCodeAs ?? other.by) === (one.sameCodeAs ?? one.by);
}

function lifetimesOf(fillers: readonly FillerStats[]) {
  return fillers.flatMap(({ by, fills, longestTtl, staleWhileRevalidate }) => [
    count(`fills by ${by}`, fills),
    milliseconds(`with a ttl of`, longestTtl),
    milliseconds(`and a stale window of`, staleWhileRevalidate),
  ]);
}

function firstDisagreement(fillers: readonly FillerStats[]): readonly [FillerStats, FillerStats] | undefined {
  for (const [index, one] of fillers.entries()) {
    const other = fillers.slice(index + 1).find((each) => differ(one, each));
    if (other !== undefined) return [one, other];
  }
  return undefined;
}

function differ(one: FillerStats, other: FillerStats): boolean {
  const apart = one.longestTtl < other.shortestTtl * ALIKE || other.longestTtl < one.shortestTtl * ALIKE;
  return apart || one.staleWhileRevalidate !== other.staleWhileRevalidate;
}

function byHand(pattern: PatternStats): Symptom | undefined {
  const { calls, directReads, directWrites } = pattern;
  if (calls === 0 || directReads === 0 || directWrites === 0) return undefined;
  return {
    severity: 'low',
    patterns: [pattern.pattern],
    summary: 'Entries of a cached method are read and written by hand as well.',
    evidence: [
      count('calls of methods', calls),
      count('calls of cache.get', directReads),
      count('calls of cache.set', directWrites),
    ],
    advice:
      'Call the method where there is a `cache.get`, and put `@UpdatesCache` on the one that has the new value where there is a `cache.set`.',
  };
}
