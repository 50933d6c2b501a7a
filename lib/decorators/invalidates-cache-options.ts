import type { Cache } from '../cache/cache.js';
import type { KeyFits } from '../keys/key-fits.js';
import type { KeySource } from '../keys/key-source.js';
import type { MethodRule } from './method-decorator.js';
import type { InstanceScope } from './scope.js';

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

/** The arguments of `@InvalidatesCache`: one options object, or the items themselves. */
export type InvalidationsGiven =
  readonly [InvalidatesCacheOptions] | readonly [InvalidationItem, ...InvalidationItem[]];

/** The items among them. */
export type ItemsOf<G extends InvalidationsGiven> = G extends readonly [InvalidatesCacheOptions] ? G[0]['keys'] : G;

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
