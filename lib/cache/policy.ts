import type { Lifetime } from '../entry/entry.js';
import { invalidOption } from '../errors.js';
import { toMilliseconds, type Duration } from '../time/duration.js';
import { compileTags, type TagPolicy, type TagsOption } from './tag-policy.js';
import { compileWanted, type Wanted } from './wanted.js';

/** How the refresh lock is used. */
export interface LockOptions {
  /** How long a process that died while loading is waited for. Default `'2s'`. */
  readonly lease?: Duration;
  /** How long a caller without any value waits for another process' load before it loads by itself. Default `'10s'`. */
  readonly wait?: Duration;
}

/** What `@Cached`, `wrap` and `getOrLoad` have in common; `V` is the value, `A` the arguments of the method. */
export interface CachePolicyOptions<V = unknown, A extends readonly unknown[] = readonly never[]> {
  /** How long a value is fresh; a function's `0` means "do not store this one". */
  readonly ttl: Duration | ((value: V, ...args: A) => Duration);
  /** How long after `ttl` a stale value is served at once while one process refreshes it (RFC 5861). Default 0. */
  readonly staleWhileRevalidate?: Duration;
  /** Is this value to be stored? Default: every value is, `undefined` and `null` too. */
  readonly storeIf?: (value: V, ...args: A) => boolean;
  /** Is the cache to be used for this call at all? Default: always. */
  readonly when?: (...args: A) => boolean;
  /** Labels for `invalidateTags`; an entry with tags lives for 30 days at most. Default: none. */
  readonly tags?: TagsOption<V, A>;
  /** The refresh lock; `false` for none. Default: on, where the store has one. */
  readonly lock?: false | LockOptions;
}

/** {@link CachePolicyOptions}, checked, in milliseconds. */
export interface CachePolicy {
  readonly lock: LockPolicy | undefined;
  /** What calls want, where the key is all that has to be known; `undefined` where `when` or tags have to be asked for. */
  readonly plain: Wanted | undefined;
  /** What the call with these arguments wants. Throws what the user's functions throw. */
  readonly wantedBy: (args: readonly unknown[]) => Wanted;
  /** The tags of a value; the same. */
  readonly tagsOf: (value: unknown, args: readonly unknown[]) => readonly string[];
  /** Does the value tell tags? */
  readonly tagsFromValue: boolean;
  /** `undefined`: always. */
  readonly when: ((args: readonly unknown[]) => boolean) | undefined;
  /** The lifetime of this value; `undefined`: it is not to be stored. Throws what the user's functions throw. */
  readonly lifetimeOf: (value: unknown, args: readonly unknown[]) => Lifetime | undefined;
}

export interface LockPolicy {
  readonly lease: number;
  readonly wait: number;
}

/** In milliseconds: longer than most loads, and than a dead holder's lease. */
export const DEFAULT_WAIT = 10_000;

/** Redlock's own tolerances (2 ms and 1 % drift) and a renewal every third of the lease need some room. */
const SHORTEST_LEASE = 100;

/** @throws CacheError `ERR_CACHE_OPTION_INVALID`, `ERR_CACHE_DURATION_INVALID` */
export function compilePolicy(options: CachePolicyOptions<never, never>): CachePolicy {
  const staleWhileRevalidate = toMilliseconds('staleWhileRevalidate', options.staleWhileRevalidate ?? 0, {
    zero: true,
  });
  const staleWindow = staleWhileRevalidate === 0 ? 'without stale window' : 'with stale window';
  const tags = compileTags(options.tags);
  const wantedBy = compileWanted(staleWindow, tags);
  return {
    lock: compileLock(options.lock),
    plain: tags === undefined && options.when === undefined ? wantedBy([]) : undefined,
    wantedBy,
    tagsOf: compileTagsOf(tags),
    tagsFromValue: tags?.fromValue !== undefined,
    when: compileWhen(options.when),
    lifetimeOf: compileLifetime(options, staleWhileRevalidate),
  };
}

function compileLock(lock: unknown): LockPolicy | undefined {
  if (lock === false) return undefined;
  if (lock !== undefined && (typeof lock !== 'object' || lock === null)) {
    throw invalidOption('lock', 'false or { lease, wait }', lock);
  }
  const { lease = '2s', wait = DEFAULT_WAIT / 1_000 } = (lock ?? {}) as LockOptions;
  const milliseconds = toMilliseconds('lock.lease', lease, { zero: false });
  if (milliseconds < SHORTEST_LEASE) throw invalidOption('lock.lease', `at least ${SHORTEST_LEASE} ms`, lease);
  return { lease: milliseconds, wait: toMilliseconds('lock.wait', wait, { zero: true }) };
}

function compileWhen(when: unknown): CachePolicy['when'] {
  if (when === undefined) return undefined;
  const check = asFunction('when', when);
  return (args) => Boolean(Reflect.apply(check, undefined, args));
}

function compileLifetime(
  options: CachePolicyOptions<never, never>,
  staleWhileRevalidate: number,
): CachePolicy['lifetimeOf'] {
  const ttlOf = compileTtl(options.ttl);
  const storeIf = options.storeIf === undefined ? undefined : asFunction('storeIf', options.storeIf);
  return (value, args) => {
    if (storeIf !== undefined && !Reflect.apply(storeIf, undefined, [value, ...args])) return undefined;
    const ttl = ttlOf(value, args);
    return ttl === 0 ? undefined : { ttl, staleWhileRevalidate };
  };
}

function compileTagsOf(tags: TagPolicy | undefined): CachePolicy['tagsOf'] {
  if (tags === undefined) return () => [];
  const { fromArgs, fromValue } = tags;
  return (value, args) => [...new Set([...fromArgs(args), ...(fromValue?.(value, args) ?? [])])];
}

function compileTtl(ttl: unknown): (value: unknown, args: readonly unknown[]) => number {
  if (typeof ttl === 'function') {
    return (value, args) => toMilliseconds('ttl', Reflect.apply(ttl, undefined, [value, ...args]), { zero: true });
  }
  const milliseconds = toMilliseconds('ttl', ttl, { zero: false });
  return () => milliseconds;
}

function asFunction(option: string, value: unknown): (...args: never[]) => unknown {
  if (typeof value === 'function') return value as (...args: never[]) => unknown;
  throw invalidOption(option, 'a function', value);
}
