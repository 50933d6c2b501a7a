import type { AsyncMethod } from '../keys/key-fits.js';
import type { NamesOf } from '../known-names.js';
import type { CachedOptions, OptionsFit } from './cached-options.js';
import type { CacheOfInstance } from './default-cache.js';
import type { MethodRule } from './method-decorator.js';

/** The key, and how the result is stored: as for `@Cached`. */
export interface UpdatesCacheOptions extends Pick<
  CachedOptions,
  'key' | 'ttl' | 'staleWhileRevalidate' | 'staleIfError' | 'jitter' | 'storeIf' | 'tags' | 'schema' | 'scope'
> {
  /**
   * Reject the call with `ERR_CACHE_INVALIDATION_PENDING` when the entry could neither be written nor invalidated yet. Default
   * `false`: its invalidation is queued and tried again, and the event `invalidation-queued` tells.
   */
  readonly strict?: boolean;
  /** The cache to use, asked at each call, of the instance where it has one. Default: the default cache. */
  readonly cache?: CacheOfInstance;
}

export const UPDATES_CACHE_OPTIONS: NamesOf<UpdatesCacheOptions> = {
  key: true,
  ttl: true,
  staleWhileRevalidate: true,
  staleIfError: true,
  jitter: true,
  storeIf: true,
  tags: true,
  schema: true,
  scope: true,
  strict: true,
  cache: true,
};

/** Does a method fit the options `O`? */
export interface UpdatesRule<O extends UpdatesCacheOptions> extends MethodRule {
  readonly fits: ResultFits<O, Parameters<this['method']>, Awaited<ReturnType<this['method'] & AsyncMethod>>>;
}

type ResultFits<O extends UpdatesCacheOptions, A extends readonly unknown[], R> = [R] extends [void]
  ? 'the method must return a promise of the value to store'
  : OptionsFit<O, A, R>;
