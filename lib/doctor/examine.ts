import type { CacheStats } from '../cache/cache-stats.js';
import { bySeverity, findingOf, type Finding } from './finding.js';
import { RULES } from './rules/index.js';

/** What all rules find in statistics that are what they should be: the worst first. */
export function examine(stats: CacheStats): Finding[] {
  return RULES.flatMap(({ name, check }) => check(stats).map((symptom) => findingOf(name, symptom))).sort(bySeverity);
}
