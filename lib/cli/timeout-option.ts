import type { Given } from './given.js';
import type { OptionTable } from './option-table.js';

/** As long as a RedisStore waits for a reply at the most; nobody sits longer in front of a terminal. */
const LONGEST_TIMEOUT = '60s';

export const TIMEOUT_OPTION: OptionTable = {
  timeout: { value: '<duration>', says: `How long to wait for an answer (default 5s, at most ${LONGEST_TIMEOUT})` },
};

/**
 * In milliseconds.
 * @throws CacheError `ERR_CACHE_DURATION_INVALID`
 */
export function timeoutOf(given: Given): number {
  return given.duration('timeout', '5s', LONGEST_TIMEOUT);
}
