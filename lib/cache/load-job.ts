import type { CacheKey } from '../keys/cache-key.js';
import type { CompiledKey } from '../keys/compiled-key.js';
import type { CachePolicy } from './policy.js';
import type { Wanted } from './wanted.js';

/** A method whose calls are answered from the cache: all that its calls have in common. */
export interface CachedMethod {
  readonly key: CompiledKey;
  readonly policy: CachePolicy;
  readonly method: (...args: never[]) => unknown;
}

/** The method behind a call, not yet called. */
export interface Loader {
  readonly method: CachedMethod['method'];
  readonly self: unknown;
  readonly args: readonly unknown[];
  /** The key that the arguments make now: an object among them may have been changed since the call. */
  readonly keyNow: () => CacheKey;
}

/** All that is known about a load before it begins. */
export interface LoadJob {
  readonly key: CacheKey;
  readonly policy: CachePolicy;
  readonly loader: Loader;
  /** The entry that would do. */
  readonly wanted: Wanted;
  /** `foreground`: a caller waits. `background`: it refreshes a stale entry. `bypass`: without the store. */
  readonly mode: 'foreground' | 'background' | 'bypass';
}
