import { STATS_FORMAT, type CacheStats } from '../cache/cache-stats.js';
import { invalidOption } from '../errors.js';
import { bySeverity, findingOf, type Finding } from './finding.js';
import { RULES } from './rules/index.js';

/**
 * What is wrong with how methods are cached, as far as the figures tell: the worst first; nothing where all is well. It is a function of
 * `stats` alone, which may come from another process, or a file: `JSON.parse` of what `cache.stats()` gave.
 * @throws CacheError `ERR_CACHE_OPTION_INVALID` for what `cache.stats()` does not give
 */
export function diagnose(stats: CacheStats): Finding[] {
  if (!isStats(stats)) throw invalidOption('stats', `what cache.stats() gives (format ${STATS_FORMAT})`, stats);
  return RULES.flatMap(({ name, check }) => check(stats).map((symptom) => findingOf(name, symptom))).sort(bySeverity);
}

function isStats(value: unknown): value is CacheStats {
  const { format, patterns } = (value ?? {}) as Partial<Record<keyof CacheStats, unknown>>;
  return format === STATS_FORMAT && Array.isArray(patterns);
}
