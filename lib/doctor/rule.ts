import type { CacheStats } from '../cache/cache-stats.js';
import { OTHER_PATTERNS } from '../statistics/tallies.js';
import type { PatternStats } from '../statistics/pattern-stats.js';
import type { FindingName, Symptom } from './finding.js';

/** Looks for one thing that may be wrong, in figures alone. */
export interface Rule {
  readonly name: FindingName;
  readonly check: (stats: CacheStats) => readonly Symptom[];
}

/** A rule that looks at each pattern by itself; those that are counted together are nobody's. */
export function patternRule(
  name: FindingName,
  check: (pattern: PatternStats, stats: CacheStats) => Symptom | undefined,
): Rule {
  return {
    name,
    check: (stats) =>
      stats.patterns
        .filter(({ pattern }) => pattern !== OTHER_PATTERNS)
        .map((pattern) => check(pattern, stats))
        .filter((symptom) => symptom !== undefined),
  };
}
