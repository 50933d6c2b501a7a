import { CachedMethod } from '../cache/cached-method.js';
import { compilePolicy } from '../cache/policy.js';
import { CacheError, checkBoolean } from '../errors.js';
import { compileKey } from '../keys/key-source.js';
import { checkOptionNames } from '../known-names.js';
import { compileCacheOption } from './default-cache.js';
import { decorateMethod, type MethodDecorator, type NoOthers } from './method-decorator.js';
import { recordMetadata } from './method-metadata.js';
import { scopeKey } from './scope.js';
import { silentWritersOf } from './silent-writers.js';
import { UPDATES_CACHE_OPTIONS, type UpdatesCacheOptions, type UpdatesRule } from './updates-cache-options.js';

/**
 * Write-through: once the method has succeeded, its result is the entry of the key, before its caller gets it; not when it
 * threw. Where several writers of one key overlap, or the result cannot be stored or is not to be (`storeIf`, a ttl of 0), the
 * entry is invalidated instead: it never holds what another writer has replaced. Within `deferInvalidations` it is
 * invalidated when the scope ends well.
 *
 * @throws CacheError when the class is defined: as `@Cached`
 * @throws CacheError (the call rejects, before anything is written) `ERR_CACHE_KEY_PART_INVALID`, `ERR_CACHE_KEY_INVALID`,
 * `ERR_CACHE_TAG_INVALID`; with `strict`, after it, `ERR_CACHE_INVALIDATION_PENDING`
 */
export function UpdatesCache<const O extends UpdatesCacheOptions>(
  options: O & NoOthers<O, UpdatesCacheOptions>,
): MethodDecorator<UpdatesRule<O>> {
  const {
    key: source,
    scope,
    strict = false,
    cache,
  } = checkOptionNames<UpdatesCacheOptions>('options', options, UPDATES_CACHE_OPTIONS);
  checkBoolean('strict', strict);
  const key = scopeKey(compileKey('key', source), scope);
  const policy = compilePolicy(options);
  const cacheOf = compileCacheOption(cache);
  const decorator: unknown = decorateMethod('UpdatesCache', (method) => {
    const target = new CachedMethod({ key, policy, method, silentWritersOf });
    async function updating(this: unknown, ...args: never[]): Promise<unknown> {
      const { result, outcome } = await cacheOf(this).update(target, this, args);
      if (strict && outcome === 'queued') throw pending();
      return result;
    }
    recordMetadata(method, updating, { kind: 'updates', key: source, options });
    return updating;
  });
  return decorator as MethodDecorator<UpdatesRule<O>>;
}

function pending(): CacheError {
  return new CacheError(
    'ERR_CACHE_INVALIDATION_PENDING',
    'Expected the store to take the new value; it is away, and the old one is invalidated as soon as it can be',
  );
}
