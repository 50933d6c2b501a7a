import type { CachedMethod } from './load-job.js';

/** What a function that stands for a cached one needs of its cache. */
export interface AnsweringCache {
  hit(target: CachedMethod, first: unknown): Promise<unknown> | undefined;
  call(target: CachedMethod, self: unknown, ...args: readonly unknown[]): Promise<unknown>;
}

/** It takes and gives what its method does. */
export type StandIn = (this: unknown, ...args: readonly unknown[]) => Promise<never>;

/**
 * The function that callers of `target` get in its place. `arguments` is named once, to be passed on: so a hit, which needs the
 * first one alone, is spared a list of them, which would be a fifth of what it allocates (decision 13).
 */
export function standIn(target: CachedMethod, cacheOf: (self: unknown) => AnsweringCache): StandIn {
  function cached(this: unknown, first?: unknown): Promise<unknown> {
    const cache = cacheOf(this);
    // eslint-disable-next-line prefer-rest-params -- rest parameters would be a list in each call
    return cache.hit(target, first) ?? cache.call(target, this, ...(arguments as unknown as unknown[]));
  }
  return cached as StandIn;
}
