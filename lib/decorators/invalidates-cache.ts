import type { Cache } from '../cache/cache.js';
import { CacheError, describeValue } from '../errors.js';
import type { CacheKey } from '../keys/cache-key.js';
import type { KeyFits } from '../keys/key-fits.js';
import { compileKey, type KeySource } from '../keys/key-source.js';
import { compileCacheOption } from './default-cache.js';
import { decorateMethod, type Method, type MethodDecorator, type MethodRule } from './method-decorator.js';
import { recordMetadata } from './method-metadata.js';
import { compileScope, type InstanceScope } from './scope.js';
import { warnOnce } from '../cache/warnings.js';

/* eslint-disable @typescript-eslint/no-explicit-any -- checked when the decorator meets its method (`InvalidatesRule`) */

/** A key whose arguments are computed from the method's arguments. */
export interface KeyFromArguments {
  readonly key: KeySource;
  readonly args: (...args: any[]) => readonly [] | readonly [unknown, ...unknown[]];
}

/** A key whose arguments are computed from the method's result, and its arguments. */
export interface KeyFromResult {
  readonly key: KeySource;
  readonly fromResult: (result: any, ...args: any[]) => readonly [] | readonly [unknown, ...unknown[]];
}

/** What to invalidate: a key that fits the method's leading parameters, or one with arguments of its own. */
export type InvalidationItem = KeySource | KeyFromArguments | KeyFromResult;

export interface InvalidatesCacheOptions {
  /** What to invalidate after the method succeeded. */
  readonly keys: readonly InvalidationItem[];
  /**
   * Reject the call with `ERR_CACHE_INVALIDATION_PENDING` when an invalidation could not be applied yet. Default `false`:
   * it is queued and tried again, and the event `invalidation-queued` tells.
   */
  readonly strict?: boolean;
  /** Adds a part from the instance to the keys, as the readers' `scope` does. */
  readonly scope?: InstanceScope;
  /** The cache to use, asked at each call. Default: the default cache. */
  readonly cache?: () => Cache;
}

/** Does one item fit a method with the arguments `A` and the result `R`? */
type ItemFits<I, A extends readonly unknown[], R> = I extends KeySource
  ? KeyFits<I, A>
  : I extends {
        readonly key: infer K extends KeySource;
        readonly args: (...args: infer P) => infer KeyArgs extends readonly unknown[];
      }
    ? A extends readonly [...P, ...any[]]
      ? KeyFits<K, KeyArgs>
      : 'the function `args` takes the arguments of the method'
    : I extends {
          readonly key: infer K extends KeySource;
          readonly fromResult: (...args: infer P) => infer KeyArgs extends readonly unknown[];
        }
      ? [R, ...A] extends readonly [...P, ...any[]]
        ? KeyFits<K, KeyArgs>
        : 'the function `fromResult` takes the result, then the arguments of the method'
      : unknown;

type AllFit<Items extends readonly unknown[], A extends readonly unknown[], R> = Items extends readonly [
  infer I,
  ...infer Rest,
]
  ? ItemFits<I, A, R> & AllFit<Rest, A, R>
  : unknown;

/** Does a method fit all items? */
export interface InvalidatesRule<Items extends readonly unknown[]> extends MethodRule {
  readonly fits: AllFit<Items, Parameters<this['method']>, Awaited<ReturnType<this['method']>>>;
}

/* eslint-enable @typescript-eslint/no-explicit-any */

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
export function InvalidatesCache<const O extends InvalidatesCacheOptions>(
  options: O,
): MethodDecorator<InvalidatesRule<O['keys']>>;
export function InvalidatesCache<const Items extends readonly [InvalidationItem, ...InvalidationItem[]]>(
  ...items: Items
): MethodDecorator<InvalidatesRule<Items>>;
export function InvalidatesCache(...given: readonly (InvalidationItem | InvalidatesCacheOptions)[]): unknown {
  const options = toOptions(given);
  const items = compileItems(options.keys);
  const scoped = compileScope(options.scope);
  const cacheOf = compileCacheOption(options.cache);
  return decorateMethod('InvalidatesCache', (method) => {
    async function invalidating(this: unknown, ...args: never[]): Promise<unknown> {
      const before = items.before.map((keyOf) => scoped(keyOf(args), this));
      const result: unknown = await Reflect.apply(method, this, args);
      const after = keysAfter(items.after, result, args, options.strict === true).map((key) => scoped(key, this));
      const outcome = await cacheOf().invalidate(...before, ...after);
      if (outcome === 'queued' && options.strict === true) throw pending([...before, ...after]);
      return result;
    }
    recordMetadata(method, invalidating as Method, { kind: 'invalidates', keys: options.keys.map(sourceOf), options });
    return invalidating as Method;
  });
}

type KeyOfArguments = (args: readonly unknown[]) => CacheKey;
type KeyOfResult = (result: unknown, args: readonly unknown[]) => CacheKey;

interface CompiledItems {
  readonly before: readonly KeyOfArguments[];
  readonly after: readonly KeyOfResult[];
}

function toOptions(given: readonly (InvalidationItem | InvalidatesCacheOptions)[]): InvalidatesCacheOptions {
  const [first] = given;
  if (typeof first === 'object' && (first as object | null) !== null && 'keys' in first) return first;
  return { keys: given as readonly InvalidationItem[] };
}

function compileItems(items: unknown): CompiledItems {
  if (!Array.isArray(items) || items.length === 0) throw unfit('keys', 'a list of at least one key', items);
  const before: KeyOfArguments[] = [];
  const after: KeyOfResult[] = [];
  for (const item of items as readonly InvalidationItem[]) {
    const keyOf = compileKey('keys', sourceOf(item));
    if (isFrom(item, 'fromResult'))
      after.push((result, args) => keyOf(listOf('fromResult', item.fromResult(result, ...args))));
    else if (isFrom(item, 'args')) before.push((args) => keyOf(listOf('args', item.args(...args))));
    else before.push(keyOf);
  }
  return { before, after };
}

function sourceOf(item: InvalidationItem): KeySource {
  return typeof item === 'object' && 'key' in item ? item.key : item;
}

function isFrom<N extends 'args' | 'fromResult'>(
  item: InvalidationItem,
  name: N,
): item is Extract<KeyFromArguments | KeyFromResult, Record<N, unknown>> {
  if (typeof item !== 'object' || !(name in item)) return false;
  const value = Reflect.get(item, name) as unknown;
  if (typeof value !== 'function') throw unfit(name, 'a function that returns the arguments of the key', value);
  return true;
}

function listOf(option: string, value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw unfit(option, 'a function that returns the list of the arguments of the key', value);
}

/** The method has succeeded: a key that cannot be made now must not make it look as if it had not. */
function keysAfter(
  items: readonly KeyOfResult[],
  result: unknown,
  args: readonly unknown[],
  strict: boolean,
): CacheKey[] {
  return items.flatMap((keyOf) => {
    try {
      return [keyOf(result, args)];
    } catch (error) {
      if (strict) throw error;
      warnOnce(
        'FRESHKEEP_OPTION_FAILED',
        'fromResult',
        `no key could be made of a result, nothing was invalidated: ${String(error)}`,
      );
      return [];
    }
  });
}

function pending(keys: readonly CacheKey[]): CacheError {
  return new CacheError(
    'ERR_CACHE_INVALIDATION_PENDING',
    `Expected the store to apply the invalidation of ${keys.map((key) => key.text).join(', ')}; it is away, and will as soon as it can`,
  );
}

function unfit(option: string, expectation: string, value: unknown): CacheError {
  return new CacheError(
    'ERR_CACHE_OPTION_INVALID',
    `Expected \`${option}\` to be ${expectation}, got ${describeValue(value)}`,
  );
}
