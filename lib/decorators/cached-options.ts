import type { EarlyRefreshOptions } from '../cache/lifetime-policy.js';
import type { LockOptions } from '../cache/policy.js';
import type { StandardSchema } from '../cache/schema.js';
import type { TagsFromValue } from '../cache/tag-policy.js';
import type { KeyFits } from '../keys/key-fits.js';
import type { KeySource } from '../keys/key-source.js';
import type { NamesOf } from '../known-names.js';
import type { Duration } from '../time/duration.js';
import type { CacheOfInstance } from './default-cache.js';
import type { MethodRule, OnlyKnown } from './method-decorator.js';
import type { InstanceScope } from './scope.js';

/* eslint-disable @typescript-eslint/no-explicit-any --
   the functions among the options are checked against the method when the decorator meets it (`CachedRule`); until then
   only `any` lets them state their parameters */

export interface CachedOptions {
  /** Names the entry of a call: `'user:{0}'`, or a function that returns `` key`user:${id}` ``. */
  readonly key: KeySource;
  /** How long a value is fresh; a function's `0` means "do not store this one". */
  readonly ttl: Duration | ((value: any, ...args: any[]) => Duration);
  /** How long after `ttl` a stale value is served at once while one process refreshes it (RFC 5861). Default 0. */
  readonly staleWhileRevalidate?: Duration;
  /**
   * How long after `ttl` a failed load is answered with the stale value (RFC 5861). It matters beyond `staleWhileRevalidate`;
   * within that, callers never see a refresh fail. Default 0.
   */
  readonly staleIfError?: Duration;
  /**
   * Up to which share of its ttl that of each entry is shortened, at random, so that what was stored together does not expire
   * together: 0 to 1. Default 0.
   */
  readonly jitter?: number;
  /**
   * Refresh an entry shortly before it is stale, in the background: by chance, and the more likely the closer it is to that and the
   * longer its load took (XFetch), at most 20 % of its ttl early. So entries that are asked for often are never stale. A `beta`
   * above 1 refreshes earlier, below 1 later. Default `false`; `true` is `{ beta: 1 }`.
   */
  readonly earlyRefresh?: boolean | EarlyRefreshOptions;
  /**
   * How long a call waits for a load; then it rejects with `ERR_CACHE_LOAD_TIMEOUT`, or is answered by `staleIfError`. The load
   * goes on, and may still fill. Default: as long as it takes.
   */
  readonly loadTimeout?: Duration;
  /** How long a call that finds a stale value waits for its refresh before it takes that value. Default: not at all. */
  readonly staleAfter?: Duration;
  /** Is this value to be stored? Default: every value is; `undefined`, `null`, `0`, `false` and `''` are values. */
  readonly storeIf?: (value: any, ...args: any[]) => boolean;
  /** Is the cache to be used for this call at all? Default: always. */
  readonly when?: (...args: any[]) => boolean;
  /**
   * Labels for `invalidateTags`: a list, a function of the arguments, or `{ fromArgs, fromValue }`, where the value tells some.
   * An entry with tags lives for 30 days at most. Default: none.
   */
  readonly tags?:
    | readonly string[]
    | ((...args: any[]) => readonly string[])
    | {
        readonly fromArgs?: readonly string[] | ((...args: any[]) => readonly string[]);
        readonly fromValue: (value: any, ...args: any[]) => readonly string[];
      };
  /**
   * A Standard Schema (zod, valibot, arktype, …) of the value: a stored value that does not fit it counts as a miss, and one that was
   * loaded is not stored. Values are checked, never changed; the schema must answer at once. Default: every value fits.
   */
  readonly schema?: StandardSchema;
  /** The refresh lock; `false` for none. Default: on, where the store has one. */
  readonly lock?: false | LockOptions;
  /** Adds a part from the instance to the key. Default: all instances of a class share their entries. */
  readonly scope?: InstanceScope;
  /** The cache to use, asked at each call, of the instance where it has one. Default: the default cache. */
  readonly cache?: CacheOfInstance;
}

export const CACHED_OPTIONS: NamesOf<CachedOptions> = {
  key: true,
  ttl: true,
  staleWhileRevalidate: true,
  staleIfError: true,
  jitter: true,
  earlyRefresh: true,
  loadTimeout: true,
  staleAfter: true,
  storeIf: true,
  when: true,
  tags: true,
  schema: true,
  lock: true,
  scope: true,
  cache: true,
};

/** Do `Args` suffice for the function `F`? Neutral where `F` is no function. */
type Accepts<F, Args extends readonly unknown[], Message> = [F] extends [(...args: infer P) => unknown]
  ? Args extends readonly [...P, ...any[]]
    ? unknown
    : Message
  : unknown;

/** Do the options `O` fit a method with the arguments `A` and the value `V`? */
export type OptionsFit<O extends CachedOptions, A extends readonly unknown[], V> = KeyFits<O['key'], A> &
  Accepts<O['ttl'], [V, ...A], 'the function `ttl` takes the value, then the arguments of the method'> &
  Accepts<O['storeIf'], [V, ...A], 'the function `storeIf` takes the value, then the arguments of the method'> &
  Accepts<O['when'], A, 'the function `when` takes the arguments of the method'> &
  TagsFit<O['tags'], A, V> &
  OnlyKnown<O['earlyRefresh'], EarlyRefreshOptions> &
  OnlyKnown<O['lock'], LockOptions>;

/** Does a method fit the options `O`? */
export interface CachedRule<O extends CachedOptions> extends MethodRule {
  readonly fits: OptionsFit<O, Parameters<this['method']>, Awaited<ReturnType<this['method']>>>;
}

type TagsFit<T, A extends readonly unknown[], V> = Accepts<
  T,
  A,
  'the function `tags` takes the arguments of the method'
> &
  (T extends { readonly fromValue: infer F }
    ? Accepts<F, [V, ...A], 'the function `fromValue` takes the value, then the arguments of the method'> &
        OnlyKnown<T, TagsFromValue>
    : unknown) &
  (T extends { readonly fromArgs: infer F }
    ? Accepts<F, A, 'the function `fromArgs` takes the arguments of the method'>
    : unknown);
