import type { CacheStats } from '../cache/cache-stats.js';
import { invalidOption } from '../errors.js';
import { examine } from './examine.js';
import type { Finding } from './finding.js';
import { STATS } from './stats-shape.js';

/**
 * What is wrong with how methods are cached, as far as the figures tell: the worst first; nothing where all is well. It is a function of
 * `stats` alone, which may come from another process, or a file: `JSON.parse` of what `cache.stats()` gave.
 * @throws CacheError `ERR_CACHE_OPTION_INVALID` for what `cache.stats()` does not give; the message names the first member that is wrong
 */
export function diagnose(stats: CacheStats): Finding[] {
  const unfit = STATS.unfit(stats, 'stats');
  if (unfit !== undefined) throw invalidOption(unfit.path, `${unfit.expected}, as cache.stats() gives it`, unfit.value);
  return examine(stats);
}
