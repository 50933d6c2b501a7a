import { CacheError } from '../../errors.js';
import { TIMED_OUT, within } from '../../time/timers.js';

/** The reply, or `ERR_CACHE_STORE_DEADLINE` after `milliseconds`. What the server still does with the command is harmless. */
export async function beforeDeadline<T>(operation: string, reply: Promise<T>, milliseconds: number): Promise<T> {
  const outcome = await within(reply, milliseconds);
  if (outcome !== TIMED_OUT) return outcome;
  throw new CacheError(
    'ERR_CACHE_STORE_DEADLINE',
    `Expected Redis to answer \`${operation}\` within ${milliseconds} ms`,
  );
}
