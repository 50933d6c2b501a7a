import { compileMany } from '../cache/many-options.js';
import { compileKey } from '../keys/key-source.js';
import { checkOptionNames } from '../known-names.js';
import { CACHED_MANY_OPTIONS, type CachedManyOptions, type CachedManyRule } from './cached-many-options.js';
import { compileReaderCache } from './default-cache.js';
import { decorateMethod, type MethodDecorator, type NoOthers } from './method-decorator.js';
import { recordMetadata } from './method-metadata.js';
import { scopeKey } from './scope.js';
import { silentWritersOf } from './silent-writers.js';

/**
 * Caches the results of a method that loads many values, each under a key of its own, which may be that of a method that loads
 * one: `(ids: Id[], …) => Promise<Map<Id, V>>`, or with `returns: 'list'` `Promise<(V | undefined)[]>` in the order of the ids.
 * All are read together, and the method is called for those alone that are missing; stale ones are served, and refreshed
 * together in the background; what is being loaded already is waited for.
 *
 * @throws CacheError when the class is defined: as `@Cached`
 * @throws CacheError (the call rejects) `ERR_CACHE_KEY_PART_INVALID`, `ERR_CACHE_KEY_INVALID`; `ERR_CACHE_BATCH_INVALID` where
 * the first argument is no list, or what the method returned does not say which value is whose: then nothing is stored
 */
export function CachedMany<const O extends CachedManyOptions>(
  options: O & NoOthers<O, CachedManyOptions>,
): MethodDecorator<CachedManyRule<O>> {
  const { key: source, scope, cache } = checkOptionNames('options', options, CACHED_MANY_OPTIONS);
  const targetOf = compileMany(options, scopeKey(compileKey('key', source), scope));
  const cacheOf = compileReaderCache(cache);
  const decorator: unknown = decorateMethod('CachedMany', (method) => {
    const target = targetOf(method, silentWritersOf);
    function cachedMany(this: unknown, ...args: never[]): unknown {
      return cacheOf(this).callMany(target, this, args);
    }
    recordMetadata(method, cachedMany, { kind: 'cached-many', key: source, options });
    return cachedMany;
  });
  return decorator as MethodDecorator<CachedManyRule<O>>;
}
