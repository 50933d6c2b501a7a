import { warnOnce } from '../cache/warnings.js';
import type { Cache } from '../cache/cache.js';
import { CacheError, checkBoolean, describeThrown, describeValue } from '../errors.js';
import { CacheKey } from '../keys/cache-key.js';
import { toMilliseconds, type Duration } from '../time/duration.js';
import { compileInvalidations, sourcesOf, type CompiledInvalidations, type Targets } from './compiled-invalidations.js';
import { compileCacheOption } from './default-cache.js';
import type {
  InvalidatesCacheOptions,
  InvalidatesRule,
  InvalidationItem,
  InvalidationsGiven,
} from './invalidates-cache-options.js';
import { decorateMethod, type MethodDecorator } from './method-decorator.js';
import { recordMetadata } from './method-metadata.js';

/**
 * Invalidates entries after the method succeeded, before its caller gets the result; not when it threw. Loads of these
 * keys in flight, in whatever process, will not be stored.
 *
 * Keys and tags made of arguments are made before the method is called: a part that cannot be one rejects the call before
 * anything is written.
 *
 * @throws CacheError when the class is defined: `ERR_CACHE_OPTION_INVALID`, `ERR_CACHE_KEY_TEMPLATE_INVALID`,
 * `ERR_CACHE_TAG_INVALID`, `ERR_CACHE_METHOD_UNSUPPORTED`
 * @throws CacheError (the call rejects) `ERR_CACHE_KEY_PART_INVALID`, `ERR_CACHE_KEY_INVALID`, `ERR_CACHE_TAG_INVALID`; with `strict`
 * `ERR_CACHE_INVALIDATION_PENDING`
 */
export function InvalidatesCache<const G extends InvalidationsGiven>(...given: G): MethodDecorator<InvalidatesRule<G>> {
  const options = toOptions(given);
  const { before, after } = compileInvalidations(options);
  const repeatAfter = compileRepeat(options.repeatAfter);
  const { strict = false } = options;
  checkBoolean('strict', strict);
  const cacheOf = compileCacheOption(options.cache);
  const decorator: unknown = decorateMethod('InvalidatesCache', (method) => {
    async function invalidating(this: unknown, ...args: never[]): Promise<unknown> {
      const cache = cacheOf(this);
      const known = before.map((targetsOf) => scoped(cache, targetsOf(args, this)));
      const result: unknown = await Reflect.apply(method, this, args);
      const { told, failures } = targetsAfter(after, (targetsOf) => scoped(cache, targetsOf(result, args, this)));
      const targets = merge([...known, ...told]);
      const outcome = await cache.invalidateScoped(targets.keys, targets.tags, repeatAfter);
      if (strict) {
        if (failures.length > 0) throw failures[0];
        if (outcome === 'queued') throw pending(targets);
      }
      return result;
    }
    recordMetadata(method, invalidating, { kind: 'invalidates', keys: sourcesOf(options.keys ?? []), options });
    return invalidating;
  });
  return decorator as MethodDecorator<InvalidatesRule<G>>;
}

function toOptions(given: InvalidationsGiven): InvalidatesCacheOptions {
  const [first] = given;
  if (given.length === 1 && isOptions(first)) return first;
  return { keys: given as readonly InvalidationItem[] };
}

/** An object is an item only where it has a key: so a misspelt option is told from the options, not from a key. */
function isOptions(given: unknown): given is InvalidatesCacheOptions {
  if (typeof given !== 'object' || given === null || given instanceof CacheKey || Array.isArray(given)) return false;
  return 'keys' in given || 'tags' in given || !('key' in given);
}

function compileRepeat(repeatAfter: Duration | undefined): number | undefined {
  return repeatAfter === undefined ? undefined : toMilliseconds('repeatAfter', repeatAfter, { zero: false });
}

/** A writer asks for the scope before it writes. */
function scoped(cache: Cache, { keys, tags }: Targets): Targets {
  return { keys: keys.map((key) => cache.scoped(key)), tags };
}

function merge(targets: readonly Targets[]): Targets {
  return { keys: targets.flatMap(({ keys }) => keys), tags: [...new Set(targets.flatMap(({ tags }) => tags))] };
}

/** The method has succeeded: what cannot be told now must not make it look as if it had not, nor hold up others. */
function targetsAfter(
  items: CompiledInvalidations['after'],
  tell: (targetsOf: CompiledInvalidations['after'][number]) => Targets,
): { told: Targets[]; failures: unknown[] } {
  const told: Targets[] = [];
  const failures: unknown[] = [];
  for (const item of items) {
    try {
      told.push(tell(item));
    } catch (error) {
      failures.push(error);
      const message = `no key or tag could be made of a result, nothing was invalidated for it: ${describeThrown(error)}`;
      warnOnce('FRESHKEEP_OPTION_FAILED', 'fromResult', message);
    }
  }
  return { told, failures };
}

function pending({ keys, tags }: Targets): CacheError {
  const names = [...keys.map(({ text }) => text), ...tags.map((tag) => `the tag ${describeValue(tag)}`)];
  return new CacheError(
    'ERR_CACHE_INVALIDATION_PENDING',
    `Expected the store to apply the invalidation of ${names.join(', ')}; it is away, and will as soon as it can`,
  );
}
