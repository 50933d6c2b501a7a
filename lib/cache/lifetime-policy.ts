import type { Lifetime } from '../entry/entry.js';
import { invalidOption } from '../errors.js';
import { checkOptionNames, type NamesOf } from '../known-names.js';
import { toMilliseconds, type Duration } from '../time/duration.js';

/** How early an entry is refreshed. */
export interface EarlyRefreshOptions {
  /** A number above 0: above 1 refreshes earlier, below 1 later. Default 1. */
  readonly beta?: number;
}

const EARLY_REFRESH_OPTIONS: NamesOf<EarlyRefreshOptions> = { beta: true };

/** For how long a value may be used; `V` is the value, `A` the arguments of the method. */
export interface LifetimeOptions<V = unknown, A extends readonly unknown[] = readonly never[]> {
  /** How long a value is fresh; a function's `0` means "do not store this one". */
  readonly ttl: Duration | ((value: V, ...args: A) => Duration);
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
  /** Is this value to be stored? Default: every value is, `undefined` and `null` too. */
  readonly storeIf?: (value: V, ...args: A) => boolean;
}

export const LIFETIME_OPTIONS: NamesOf<LifetimeOptions> = {
  ttl: true,
  staleWhileRevalidate: true,
  staleIfError: true,
  jitter: true,
  earlyRefresh: true,
  storeIf: true,
};

/** {@link LifetimeOptions}, checked, in milliseconds. */
export interface LifetimePolicy {
  /** Where it is the same for all values. */
  readonly ttl: number | undefined;
  readonly staleWhileRevalidate: number;
  /** May an expired entry answer a call whose load failed? */
  readonly hasLastResort: boolean;
  /** How eagerly an entry is refreshed early; `undefined`: not at all. */
  readonly beta: number | undefined;
  /** The lifetime of this value; `undefined`: it is not to be stored. Throws what the user's functions throw. */
  readonly lifetimeOf: (value: unknown, args: readonly unknown[]) => Lifetime | undefined;
}

/** @throws CacheError `ERR_CACHE_OPTION_INVALID`, `ERR_CACHE_DURATION_INVALID` */
export function compileLifetime(options: LifetimeOptions<never, never>): LifetimePolicy {
  const staleWhileRevalidate = windowOf('staleWhileRevalidate', options.staleWhileRevalidate);
  const staleIfError = windowOf('staleIfError', options.staleIfError);
  const hasLastResort = staleIfError > staleWhileRevalidate;
  const windows = hasLastResort ? { staleWhileRevalidate, staleIfError } : { staleWhileRevalidate };
  const beta = compileEarlyRefresh(options.earlyRefresh);
  const jitter = checkShare('jitter', options.jitter ?? 0);
  const ttlOf = compileTtl(options.ttl);
  const ttl = typeof options.ttl === 'function' ? undefined : ttlOf(undefined, []);
  const storeIf = compileStoreIf(options.storeIf);
  const lifetimeOf: LifetimePolicy['lifetimeOf'] = (value, args) => {
    if (!storeIf(value, args)) return undefined;
    const lasting = ttlOf(value, args);
    return lasting === 0 ? undefined : { ttl: shorten(lasting, jitter), ...windows };
  };
  return { ttl, staleWhileRevalidate, hasLastResort, beta, lifetimeOf };
}

function compileEarlyRefresh(option: unknown = false): number | undefined {
  if (option === false) return undefined;
  if (option === true) return 1;
  const expectation = 'true, false or { beta }, a number above 0';
  if (typeof option !== 'object' || option === null) throw invalidOption('earlyRefresh', expectation, option);
  const { beta = 1 }: EarlyRefreshOptions = checkOptionNames('earlyRefresh', option, EARLY_REFRESH_OPTIONS);
  if (Number.isFinite(beta) && beta > 0) return beta;
  throw invalidOption('earlyRefresh', expectation, beta);
}

function windowOf(option: string, duration: Duration = 0): number {
  return toMilliseconds(option, duration, { zero: true });
}

/** Whole milliseconds, and never none. */
function shorten(ttl: number, jitter: number): number {
  return jitter === 0 ? ttl : Math.max(1, Math.round(ttl * (1 - jitter * Math.random())));
}

function checkShare(option: string, share: unknown): number {
  if (typeof share === 'number' && share >= 0 && share <= 1) return share;
  throw invalidOption(option, 'a number from 0 to 1', share);
}

function compileStoreIf(storeIf: unknown): (value: unknown, args: readonly unknown[]) => boolean {
  if (storeIf === undefined) return () => true;
  if (typeof storeIf !== 'function') throw invalidOption('storeIf', 'a function', storeIf);
  return (value, args) => Boolean(Reflect.apply(storeIf, undefined, [value, ...args]));
}

function compileTtl(ttl: unknown): (value: unknown, args: readonly unknown[]) => number {
  if (typeof ttl === 'function') {
    return (value, args) => toMilliseconds('ttl', Reflect.apply(ttl, undefined, [value, ...args]), { zero: true });
  }
  const milliseconds = toMilliseconds('ttl', ttl, { zero: false });
  return () => milliseconds;
}
