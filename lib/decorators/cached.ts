import { CachedMethod } from '../cache/cached-method.js';
import { compilePolicy } from '../cache/policy.js';
import { standIn } from '../cache/stand-in.js';
import { CacheError, describeValue } from '../errors.js';
import { CacheKey } from '../keys/cache-key.js';
import { compileKey, type KeySource } from '../keys/key-source.js';
import { checkOptionNames } from '../known-names.js';
import type { Duration } from '../time/duration.js';
import { CACHED_OPTIONS, type CachedOptions, type CachedRule } from './cached-options.js';
import { compileReaderCache } from './default-cache.js';
import { decorateMethod, type MethodDecorator, type NoOthers } from './method-decorator.js';
import { recordMetadata } from './method-metadata.js';
import { scopeKey } from './scope.js';
import { silentWritersOf } from './silent-writers.js';

/**
 * Caches the results of a method. The method's own errors reach the caller unchanged and are never cached; concurrent
 * calls for one key share one load; a call for a key within its own load (`super`, recursion) reaches the method itself.
 *
 * @throws CacheError when the class is defined: `ERR_CACHE_OPTION_INVALID`, `ERR_CACHE_DURATION_INVALID`,
 * `ERR_CACHE_KEY_TEMPLATE_INVALID`; `ERR_CACHE_METHOD_UNSUPPORTED` on what is no method, or is a generator
 * @throws CacheError (the call rejects) `ERR_CACHE_KEY_PART_INVALID`, `ERR_CACHE_KEY_INVALID`
 */
export function Cached<const O extends CachedOptions>(
  options: O & NoOthers<O, CachedOptions>,
): MethodDecorator<CachedRule<O>>;
/** The short form: key, ttl and staleWhileRevalidate; numbers are seconds. */
export function Cached<const K extends KeySource>(
  key: K,
  ttl: Duration,
  staleWhileRevalidate?: Duration,
): MethodDecorator<CachedRule<{ readonly key: K; readonly ttl: Duration }>>;
export function Cached(
  keyOrOptions: KeySource | CachedOptions,
  ttl?: Duration,
  staleWhileRevalidate: Duration = 0,
): unknown {
  const options = isOptions(keyOrOptions)
    ? checkOptionNames('options', keyOrOptions, CACHED_OPTIONS)
    : ({ key: keyOrOptions, ttl, staleWhileRevalidate } as CachedOptions);
  const key = scopeKey(compileKey('key', options.key), options.scope);
  const policy = compilePolicy(options);
  const cacheOf = compileReaderCache(options.cache);
  return decorateMethod('Cached', (method) => {
    const cached = standIn(new CachedMethod({ key, policy, method, silentWritersOf }), cacheOf);
    recordMetadata(method, cached, { kind: 'cached', key: options.key, options });
    return cached;
  });
}

function isOptions(value: unknown): value is CachedOptions {
  if (typeof value === 'string' || typeof value === 'function' || value instanceof CacheKey) return false;
  if (typeof value === 'object' && value !== null) return true;
  throw new CacheError(
    'ERR_CACHE_OPTION_INVALID',
    `Expected @Cached to get options or a key, got ${describeValue(value)}`,
  );
}
