import type { KeyFits } from '../keys/key-fits.js';
import type { KeySource } from '../keys/key-source.js';
import type { NamesOf } from '../known-names.js';
import type { Duration } from '../time/duration.js';
import type { CacheOfInstance } from './default-cache.js';
import type { MethodRule, OnlyKnown } from './method-decorator.js';
import type { InstanceScope } from './scope.js';

/* eslint-disable @typescript-eslint/no-explicit-any -- checked when the decorator meets its method (`InvalidatesRule`) */

/** The arguments of a key; `null`: there is nothing to invalidate this time. `undefined` would be a `return` that was forgotten. */
export type KeyArguments = readonly [] | readonly [unknown, ...unknown[]] | null;

/** A key whose arguments are computed from the method's arguments. */
export interface KeyFromArguments {
  readonly key: KeySource;
  readonly args: (...args: any[]) => KeyArguments;
}

export const KEY_FROM_ARGUMENTS: NamesOf<KeyFromArguments> = { key: true, args: true };

/** A key whose arguments are computed from the method's result, and its arguments. */
export interface KeyFromResult {
  readonly key: KeySource;
  readonly fromResult: (result: any, ...args: any[]) => KeyArguments;
}

export const KEY_FROM_RESULT: NamesOf<KeyFromResult> = { key: true, fromResult: true };

/** Tags: a list, or computed from the method's arguments, or from its result and its arguments. */
export type InvalidationTags = readonly string[] | ((...args: any[]) => readonly string[]) | TagsFromResult;

export interface TagsFromResult {
  readonly fromResult: (result: any, ...args: any[]) => readonly string[];
}

export const TAGS_FROM_RESULT: NamesOf<TagsFromResult> = { fromResult: true };

/** Every entry that has one of these tags. */
export interface TagsToInvalidate {
  readonly tags: InvalidationTags;
}

export const TAGS_TO_INVALIDATE: NamesOf<TagsToInvalidate> = { tags: true };

/** What to invalidate: a key that fits the method's leading parameters, one with arguments of its own, or tags. */
export type InvalidationItem = KeySource | KeyFromArguments | KeyFromResult | TagsToInvalidate;

export interface InvalidatesCacheOptions {
  /** What to invalidate after the method succeeded. May be left out where there are `tags`. */
  readonly keys?: readonly InvalidationItem[];
  /** The same for every entry that has one of these tags. */
  readonly tags?: InvalidationTags;
  /**
   * Invalidate once more, so long after the first time: a load that has read a replica of the database which lagged may have
   * filled the old value meanwhile. Default: no second time.
   */
  readonly repeatAfter?: Duration;
  /**
   * Reject the call with `ERR_CACHE_INVALIDATION_PENDING` when an invalidation could not be applied yet. Default `false`:
   * it is queued and tried again, and the event `invalidation-queued` tells.
   */
  readonly strict?: boolean;
  /** Adds a part from the instance to the keys, as the readers' `scope` does. */
  readonly scope?: InstanceScope;
  /** The cache to use, asked at each call, of the instance where it has one. Default: the default cache. */
  readonly cache?: CacheOfInstance;
}

export const INVALIDATES_CACHE_OPTIONS: NamesOf<InvalidatesCacheOptions> = {
  keys: true,
  tags: true,
  repeatAfter: true,
  strict: true,
  scope: true,
  cache: true,
};

/** The arguments of `@InvalidatesCache`: one options object, or the items themselves. */
export type InvalidationsGiven =
  readonly [InvalidatesCacheOptions] | readonly [InvalidationItem, ...InvalidationItem[]];

/** The items among them. */
type ItemsOf<G extends InvalidationsGiven> = G extends readonly [infer O extends InvalidatesCacheOptions]
  ? [
      ...(O extends { readonly keys: infer K extends readonly unknown[] } ? K : []),
      ...(O extends { readonly tags: infer T } ? [{ readonly tags: T }] : []),
    ]
  : G;

/** Do tags fit a method with the arguments `A` and the result `R`? */
type TagsFit<T, A extends readonly unknown[], R> = T extends (...args: infer P) => unknown
  ? A extends readonly [...P, ...any[]]
    ? unknown
    : 'the function `tags` takes the arguments of the method'
  : T extends { readonly fromResult: (...args: infer P) => unknown }
    ? [R, ...A] extends readonly [...P, ...any[]]
      ? OnlyKnown<T, TagsFromResult>
      : 'the function `fromResult` takes the result, then the arguments of the method'
    : unknown;

/** Does one item fit a method with the arguments `A` and the result `R`? */
type ItemFits<I, A extends readonly unknown[], R> = I extends KeySource
  ? KeyFits<I, A>
  : I extends {
        readonly key: infer K extends KeySource;
        readonly args: (...args: infer P) => infer KeyArgs extends KeyArguments;
      }
    ? A extends readonly [...P, ...any[]]
      ? KeyFits<K, NonNullable<KeyArgs>> & OnlyKnown<I, KeyFromArguments>
      : 'the function `args` takes the arguments of the method'
    : I extends {
          readonly key: infer K extends KeySource;
          readonly fromResult: (...args: infer P) => infer KeyArgs extends KeyArguments;
        }
      ? [R, ...A] extends readonly [...P, ...any[]]
        ? KeyFits<K, NonNullable<KeyArgs>> & OnlyKnown<I, KeyFromResult>
        : 'the function `fromResult` takes the result, then the arguments of the method'
      : I extends { readonly tags: infer T }
        ? TagsFit<T, A, R> & OnlyKnown<I, TagsToInvalidate>
        : unknown;

type AllFit<Items extends readonly unknown[], A extends readonly unknown[], R> = Items extends readonly [
  infer I,
  ...infer Rest,
]
  ? ItemFits<I, A, R> & AllFit<Rest, A, R>
  : unknown;

/** Are all options of the options object known? */
type OptionsKnown<G extends InvalidationsGiven> = G extends readonly [infer O extends InvalidatesCacheOptions]
  ? OnlyKnown<O, InvalidatesCacheOptions>
  : unknown;

/** Does a method fit all items? */
export interface InvalidatesRule<G extends InvalidationsGiven> extends MethodRule {
  readonly fits: AllFit<ItemsOf<G>, Parameters<this['method']>, Awaited<ReturnType<this['method']>>> & OptionsKnown<G>;
}
