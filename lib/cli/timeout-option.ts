import { wrongUsage } from './failure.js';
import type { Given } from './given.js';
import type { OptionTable } from './option-table.js';

export const TIMEOUT_OPTION: OptionTable = {
  timeout: { value: '<duration>', says: 'How long to wait for an answer (default 5s, at most 60s)' },
};

/** As long as a RedisStore waits for a reply at the most; nobody sits longer in front of a terminal. */
const LONGEST_TIMEOUT = 60_000;

/**
 * In milliseconds.
 * @throws Failure, CacheError
 */
export function timeoutOf(given: Given): number {
  const timeout = given.duration('timeout', '5s');
  if (timeout <= LONGEST_TIMEOUT) return timeout;
  throw wrongUsage('--timeout must be at most 60 seconds');
}
