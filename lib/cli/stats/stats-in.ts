import { STATS_FORMAT, type CacheStats } from '../../cache/cache-stats.js';
import { STATS } from '../../doctor/stats-shape.js';
import { describeValue } from '../../errors.js';
import { isObject } from '../../shape.js';
import { wrongUsage, type Failure } from '../failure.js';

/**
 * The statistics in what was read: those of a cache, an object that has them as `stats`, or a list of either.
 * @throws Failure where there are none
 */
export function statsIn(value: unknown, shown: string): CacheStats[] {
  const found = Array.isArray(value) ? value.flatMap((each) => statsIn(each, shown)) : [statsOf(value, shown)];
  if (found.length === 0) throw noStats(shown, 'the list is empty');
  return found;
}

function statsOf(value: unknown, shown: string): CacheStats {
  const object = isObject(value) && 'stats' in value ? value['stats'] : value;
  if (!isObject(object)) throw noStats(shown, `it has ${describeValue(object)}`);
  const { format } = object;
  if (typeof format === 'number' && format !== STATS_FORMAT)
    throw wrongUsage(
      `${shown} has statistics of format ${format}, and this version of freshkeep reads format ${STATS_FORMAT}`,
      'use the version that wrote them',
    );
  const unfit = STATS.unfit(object, '');
  if (unfit !== undefined)
    throw noStats(shown, `\`${unfit.path}\` is not ${unfit.expected}, but ${describeValue(unfit.value)}`);
  return object as unknown as CacheStats;
}

function noStats(shown: string, why: string): Failure {
  return wrongUsage(
    `${shown} has no statistics of a cache: ${why}`,
    'expected what JSON.stringify(cache.stats()) gives, or an object that has it as `stats`',
  );
}
