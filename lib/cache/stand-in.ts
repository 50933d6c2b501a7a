import type { CachedMethod } from './cached-method.js';

/** What a function that stands for a cached one needs of its cache. */
export interface AnsweringCache {
  hit(target: CachedMethod, first: unknown): Promise<unknown> | undefined;
  call(target: CachedMethod, self: unknown, args: readonly unknown[]): Promise<unknown>;
}

type CacheOf = (self: unknown) => AnsweringCache;

/** It takes and gives what its method does. */
export type StandIn = (this: unknown, ...args: readonly unknown[]) => Promise<never>;

/** The function that callers of `target` get in its place. */
export function standIn(target: CachedMethod, cacheOf: CacheOf): StandIn {
  return target.key.textOfFirst === undefined ? standInOfAll(target, cacheOf) : standInOfFirst(target, cacheOf);
}

function standInOfAll(target: CachedMethod, cacheOf: CacheOf): StandIn {
  function cached(this: unknown, ...args: readonly unknown[]): Promise<unknown> {
    return cacheOf(this).call(target, this, args);
  }
  return cached as StandIn;
}

/**
 * Where the first argument makes the key. `arguments` is named once, to be passed on: so a hit, which needs the first one alone, is spared
 * a list of them, which would be a fifth of what it allocates (decision 13).
 */
function standInOfFirst(target: CachedMethod, cacheOf: CacheOf): StandIn {
  const callWith = (cache: AnsweringCache, self: unknown, ...args: readonly unknown[]): Promise<unknown> =>
    cache.call(target, self, args);
  function cached(this: unknown, first?: unknown): Promise<unknown> {
    const cache = cacheOf(this);
    // eslint-disable-next-line prefer-rest-params -- rest parameters would be a list in each call
    return cache.hit(target, first) ?? callWith(cache, this, ...(arguments as unknown as unknown[]));
  }
  return cached as StandIn;
}
