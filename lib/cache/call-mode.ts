import { checkFunction } from '../errors.js';
import { CallContexts } from './call-contexts.js';

/** How calls are answered: `bypassed`: by the method, as if there was no cache. `refreshed`: by a new load, which fills. */
export type CallMode = 'bypassed' | 'refreshed';

const modes = new CallContexts<CallMode>();

/** The mode of the calling code; `undefined`: as ever. */
export function currentMode(): CallMode | undefined {
  return modes.current;
}

/**
 * Every call within `code`, until its promise settles, reaches the method itself: nothing is read from a cache, or filled.
 * @throws CacheError (rejects) `ERR_CACHE_OPTION_INVALID`
 */
export async function withCacheBypassed<T>(code: () => T | Promise<T>): Promise<T> {
  return modes.runToEnd('bypassed', checkFunction('code', code));
}

/**
 * Every call within `code`, until its promise settles, loads its value anew and fills it, whatever is there: for a job that
 * warms a cache, or a button "reload". Calls of one key that overlap share a load.
 */
export async function withCacheRefreshed<T>(code: () => T | Promise<T>): Promise<T> {
  return modes.runToEnd('refreshed', checkFunction('code', code));
}
