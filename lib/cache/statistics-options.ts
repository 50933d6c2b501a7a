import { checkCount } from '../errors.js';
import { checkOptionNames, type NamesOf } from '../known-names.js';

/** How much memory statistics may take. They are always on. */
export interface StatisticsOptions {
  /** The most key patterns that are told apart; any further ones are counted together, as `{others}`. Default 10,000. */
  readonly maxPatterns?: number;
  /** How many keys are watched for estimates (`docs/statistics.md`), some 250 bytes each: with four times as many the error is half as large. Default 2,000. */
  readonly sampledKeys?: number;
}

const STATISTICS_OPTIONS: NamesOf<StatisticsOptions> = { maxPatterns: true, sampledKeys: true };

/** {@link StatisticsOptions}, checked. */
export type StatisticsTerms = Required<StatisticsOptions>;

/** @throws CacheError `ERR_CACHE_OPTION_INVALID` */
export function compileStatistics(options: StatisticsOptions = {}): StatisticsTerms {
  const { maxPatterns = 10_000, sampledKeys = 2_000 } = checkOptionNames('statistics', options, STATISTICS_OPTIONS);
  return {
    maxPatterns: checkCount('statistics.maxPatterns', maxPatterns),
    sampledKeys: checkCount('statistics.sampledKeys', sampledKeys),
  };
}
