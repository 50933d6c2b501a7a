import type { CacheOptions } from '../cache/cache-options.js';
import { Cache } from '../cache/cache.js';
import type { CachedManyMethod } from '../cache/many-calls.js';
import type { AnsweringCache } from '../cache/stand-in.js';
import { invalidOption } from '../errors.js';
import { MemoryStore } from '../stores/memory-store.js';

let configured: Cache | undefined;
let fallback: Cache | undefined;

/**
 * Sets the default cache, which decorated methods find when they are called; once, at bootstrap. Called again, it
 * replaces the default and leaves the former cache to its owner: `close()` it where it is no longer used.
 * @returns the new default cache
 * @throws CacheError `ERR_CACHE_OPTION_INVALID`, `ERR_CACHE_DURATION_INVALID`
 */
export function configureCache(options: CacheOptions): Cache {
  configured = new Cache(options);
  return configured;
}

/**
 * The default cache. With nothing configured it is an in-memory one of this process, and the process is warned once
 * (`process.emitWarning`, code `FRESHKEEP_DEFAULT_CACHE`).
 */
export function getDefaultCache(): Cache {
  return configured ?? useFallback();
}

function useFallback(): Cache {
  if (fallback === undefined) {
    process.emitWarning(
      'No cache is configured: methods are cached in the memory of this process. Call configureCache({ store }) at bootstrap.',
      { type: 'FreshkeepWarning', code: 'FRESHKEEP_DEFAULT_CACHE' },
    );
    fallback = new Cache({ store: new MemoryStore() });
  }
  return fallback;
}

/** The cache to use: always the same one, or that of the instance: `(users) => users.cache`. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- a decorator does not know its class
export type CacheOfInstance = (instance: any) => Cache;

/** What a method that reads needs of a cache. */
export interface ReaderCache extends AnsweringCache {
  callMany(target: CachedManyMethod, self: unknown, args: readonly unknown[]): Promise<unknown>;
}

/** @internal {@link compileCacheOption} for methods that read: where the cache cannot be found, each call rejects, as the method would. */
export function compileReaderCache(cache: unknown): (instance: unknown) => ReaderCache {
  if (cache === undefined) return getDefaultCache;
  const cacheOf = compileCacheOption(cache);
  return (instance) => {
    try {
      return cacheOf(instance);
    } catch (error) {
      const reject = () => Promise.reject(error);
      return { hit: reject, call: reject, callMany: reject };
    }
  };
}

/**
 * The option `cache` of a decorator as a function to ask at each call, with the instance; it throws a CacheError `ERR_CACHE_OPTION_INVALID`
 * when the user's function returns something else.
 */
export function compileCacheOption(cache: unknown): CacheOfInstance {
  if (cache === undefined) return getDefaultCache;
  if (typeof cache !== 'function') throw invalidOption('cache', 'a function that returns a cache', cache);
  return (instance: unknown) => {
    const found: unknown = Reflect.apply(cache, undefined, [instance]);
    if (found instanceof Cache) return found;
    throw invalidOption('cache', 'a function that returns a cache', found);
  };
}
