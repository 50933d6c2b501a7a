import type { CacheKey } from '../keys/cache-key.js';
import type { CachePolicy } from './policy.js';

/** The method behind a call, not yet called. */
export interface Loader {
  readonly method: (...args: never[]) => unknown;
  readonly self: unknown;
  readonly args: readonly unknown[];
  /** The key that the arguments make now: an object among them may have been changed since the call. */
  readonly keyNow?: () => CacheKey;
}

/** All that is known about a load before it begins. */
export interface LoadJob {
  readonly key: CacheKey;
  readonly policy: CachePolicy;
  readonly loader: Loader;
  /** `foreground`: a caller waits. `background`: it refreshes a stale entry. `bypass`: without the store. */
  readonly mode: 'foreground' | 'background' | 'bypass';
}
