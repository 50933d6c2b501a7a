import { warnOnce } from '../cache/warnings.js';
import { CacheError, invalidOption, describeThrown } from '../errors.js';
import type { CacheKey } from '../keys/cache-key.js';
import type { MakeKey } from '../keys/compiled-key.js';
import { compileKey, type KeySource } from '../keys/key-source.js';
import { compileCacheOption } from './default-cache.js';
import type {
  InvalidatesCacheOptions,
  InvalidatesRule,
  InvalidationItem,
  InvalidationsGiven,
  ItemsOf,
  KeyFromArguments,
  KeyFromResult,
} from './invalidates-cache-options.js';
import { decorateMethod, type MethodDecorator } from './method-decorator.js';
import { recordMetadata } from './method-metadata.js';
import { scopeKey } from './scope.js';

/**
 * Invalidates entries after the method succeeded, before its caller gets the result; not when it threw. Loads of these
 * keys in flight, in whatever process, will not be stored.
 *
 * Keys made of arguments are made before the method is called: a part that cannot be one rejects the call before
 * anything is written.
 *
 * @throws CacheError when the class is defined: `ERR_CACHE_OPTION_INVALID`, `ERR_CACHE_KEY_TEMPLATE_INVALID`,
 * `ERR_CACHE_METHOD_UNSUPPORTED`
 * @throws CacheError (the call rejects) `ERR_CACHE_KEY_PART_INVALID`, `ERR_CACHE_KEY_INVALID`; with `strict`
 * `ERR_CACHE_INVALIDATION_PENDING`
 */
export function InvalidatesCache<const G extends InvalidationsGiven>(
  ...given: G
): MethodDecorator<InvalidatesRule<ItemsOf<G>>> {
  const options = toOptions(given);
  const items = compileItems(options);
  const cacheOf = compileCacheOption(options.cache);
  const decorator: unknown = decorateMethod('InvalidatesCache', (method) => {
    async function invalidating(this: unknown, ...args: never[]): Promise<unknown> {
      const cache = cacheOf();
      const before = items.before.map((keyOf) => cache.scoped(keyOf(args, this)));
      const result: unknown = await Reflect.apply(method, this, args);
      const after = keysAfter(items.after, (keyOf) => cache.scoped(keyOf(result, args, this)));
      const keys = [...before, ...after.keys];
      const outcome = await cache.invalidateScoped(keys);
      if (options.strict === true) {
        if (after.failures.length > 0) throw after.failures[0];
        if (outcome === 'queued') throw pending(keys);
      }
      return result;
    }
    recordMetadata(method, invalidating, { kind: 'invalidates', keys: options.keys.map(sourceOf), options });
    return invalidating;
  });
  return decorator as MethodDecorator<InvalidatesRule<ItemsOf<G>>>;
}

interface CompiledItems {
  /** Keys made of arguments, before the method is called. */
  readonly before: readonly MakeKey<CacheKey>[];
  /** Keys made of the result. */
  readonly after: readonly ((result: unknown, args: readonly unknown[], self: unknown) => CacheKey)[];
}

function toOptions(given: InvalidationsGiven): InvalidatesCacheOptions {
  const [first] = given;
  if (typeof first === 'object' && (first as object | null) !== null && 'keys' in first) return first;
  return { keys: given as readonly InvalidationItem[] };
}

function compileItems({ keys, scope }: InvalidatesCacheOptions): CompiledItems {
  if (!Array.isArray(keys) || keys.length === 0) throw invalidOption('keys', 'a list of at least one key', keys);
  const before: MakeKey<CacheKey>[] = [];
  const after: CompiledItems['after'][number][] = [];
  for (const item of keys as readonly InvalidationItem[]) {
    const key = scopeKey(compileKey('keys', sourceOf(item)), scope);
    if (isFrom(item, 'fromResult')) {
      after.push((result, args, self) => key.keyOf(listOf('fromResult', item.fromResult(result, ...args)), self));
    } else if (isFrom(item, 'args')) {
      before.push((args, self) => key.keyOf(listOf('args', item.args(...args)), self));
    } else {
      before.push((args, self) => key.keyOf(args, self));
    }
  }
  return { before, after };
}

function sourceOf(item: InvalidationItem): KeySource {
  return isObject(item) && 'key' in item ? item.key : item;
}

function isFrom<N extends 'args' | 'fromResult'>(
  item: InvalidationItem,
  name: N,
): item is Extract<KeyFromArguments | KeyFromResult, Record<N, unknown>> {
  if (!isObject(item) || !(name in item)) return false;
  const value = Reflect.get(item, name) as unknown;
  if (typeof value !== 'function') throw invalidOption(name, 'a function that returns the arguments of the key', value);
  return true;
}

/** Callers without types may pass `null`, which `compileKey` then refuses. */
function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function listOf(option: string, value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw invalidOption(option, 'a function that returns the list of the arguments of the key', value);
}

/** The method has succeeded: a key that cannot be made now must not make it look as if it had not, nor hold up others. */
function keysAfter(
  items: CompiledItems['after'],
  make: (keyOf: CompiledItems['after'][number]) => CacheKey,
): { keys: CacheKey[]; failures: unknown[] } {
  const keys: CacheKey[] = [];
  const failures: unknown[] = [];
  for (const keyOf of items) {
    try {
      keys.push(make(keyOf));
    } catch (error) {
      failures.push(error);
      const message = `no key could be made of a result, nothing was invalidated for it: ${describeThrown(error)}`;
      warnOnce('FRESHKEEP_OPTION_FAILED', 'fromResult', message);
    }
  }
  return { keys, failures };
}

function pending(keys: readonly CacheKey[]): CacheError {
  return new CacheError(
    'ERR_CACHE_INVALIDATION_PENDING',
    `Expected the store to apply the invalidation of ${keys.map((key) => key.text).join(', ')}; it is away, and will as soon as it can`,
  );
}
