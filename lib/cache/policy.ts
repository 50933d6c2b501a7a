import { invalidOption } from '../errors.js';
import { checkOptionNames, type NamesOf } from '../known-names.js';
import { toMilliseconds, type Duration } from '../time/duration.js';
import { compileLifetime, LIFETIME_OPTIONS, type LifetimeOptions, type LifetimePolicy } from './lifetime-policy.js';
import { compileSchema, type SchemaCheck, type StandardSchema } from './schema.js';
import { compileTags, type TagPolicy, type TagsOption } from './tag-policy.js';
import { compileWanted, type Wanted } from './wanted.js';

/** How the refresh lock is used. */
export interface LockOptions {
  /** How long a process that died while loading is waited for. Default `'2s'`. */
  readonly lease?: Duration;
  /** How long a caller without any value waits for another process' load before it loads by itself. Default `'10s'`. */
  readonly wait?: Duration;
}

const LOCK_OPTIONS: NamesOf<LockOptions> = { lease: true, wait: true };

/** What `@Cached`, `wrap` and `getOrLoad` have in common; `V` is the value, `A` the arguments of the method. */
export interface CachePolicyOptions<
  V = unknown,
  A extends readonly unknown[] = readonly never[],
> extends LifetimeOptions<V, A> {
  /** Is the cache to be used for this call at all? Default: always. */
  readonly when?: (...args: A) => boolean;
  /** Labels for `invalidateTags`; an entry with tags lives for 30 days at most. Default: none. */
  readonly tags?: TagsOption<V, A>;
  /**
   * How long a call waits for a load; then it rejects with `ERR_CACHE_LOAD_TIMEOUT`, or is answered by `staleIfError`. The load
   * goes on, and may still fill. Default: as long as it takes.
   */
  readonly loadTimeout?: Duration;
  /** How long a call that finds a stale value waits for its refresh before it takes that value. Default: not at all. */
  readonly staleAfter?: Duration;
  /**
   * A Standard Schema (zod, valibot, arktype, …) of the value: a stored value that does not fit it counts as a miss, and one that was
   * loaded is not stored. Values are checked, never changed; the schema must answer at once. Default: every value fits.
   */
  readonly schema?: StandardSchema;
  /** The refresh lock; `false` for none. Default: on, where the store has one. */
  readonly lock?: false | LockOptions;
}

export const POLICY_OPTIONS: NamesOf<CachePolicyOptions> = {
  ...LIFETIME_OPTIONS,
  when: true,
  tags: true,
  loadTimeout: true,
  staleAfter: true,
  schema: true,
  lock: true,
};

/** {@link CachePolicyOptions}, checked, in milliseconds. */
export interface CachePolicy {
  readonly lock: LockPolicy | undefined;
  /** What calls want, where the key is all that has to be known; `undefined` where `when`, a schema, or a function for tags has to be asked. */
  readonly plain: Wanted | undefined;
  /** What the call with these arguments wants. Throws what the user's functions throw. */
  readonly wantedBy: (args: readonly unknown[]) => Wanted;
  /** The tags of a value; the same. */
  readonly tagsOf: (value: unknown, args: readonly unknown[]) => readonly string[];
  /** Why a value does not fit the schema; `undefined` where it does. */
  readonly misfitOf: SchemaCheck;
  /** Does the value tell tags? */
  readonly tagsFromValue: boolean;
  /** `undefined`: always. */
  readonly when: ((args: readonly unknown[]) => boolean) | undefined;
  readonly ttl: LifetimePolicy['ttl'];
  readonly staleWhileRevalidate: LifetimePolicy['staleWhileRevalidate'];
  readonly lifetimeOf: LifetimePolicy['lifetimeOf'];
  /** May an expired entry answer a call whose load failed? */
  readonly hasLastResort: boolean;
  readonly beta: LifetimePolicy['beta'];
  /** How long a call waits for a load; `undefined`: as long as it takes. */
  readonly loadTimeout: number | undefined;
  /** How long a call with a stale value waits for its refresh; `undefined`: not at all. */
  readonly staleAfter: number | undefined;
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
  const { ttl, staleWhileRevalidate, hasLastResort, beta, lifetimeOf } = compileLifetime(options);
  const staleWindow = staleWhileRevalidate > 0 || hasLastResort ? 'with stale window' : 'without stale window';
  const tags = compileTags(options.tags);
  const schema = compileSchema(options.schema);
  const wantedBy = compileWanted({ staleWindow, early: beta !== undefined, schema }, tags);
  const isPlain = areAlwaysTheSame(tags) && options.when === undefined && schema === undefined && beta === undefined;
  return {
    lock: compileLock(options.lock),
    plain: isPlain ? wantedBy([]) : undefined,
    wantedBy,
    tagsOf: compileTagsOf(tags),
    misfitOf: schema ?? fits,
    tagsFromValue: tags?.fromValue !== undefined,
    when: compileWhen(options.when),
    ttl,
    staleWhileRevalidate,
    lifetimeOf,
    hasLastResort,
    beta,
    loadTimeout: compilePatience('loadTimeout', options.loadTimeout),
    staleAfter: compilePatience('staleAfter', options.staleAfter),
  };
}

function compilePatience(option: string, duration: Duration | undefined): number | undefined {
  return duration === undefined ? undefined : toMilliseconds(option, duration, { zero: false });
}

function fits(): undefined {
  return undefined;
}

function areAlwaysTheSame(tags: TagPolicy | undefined): boolean {
  return tags === undefined || (tags.fixed !== undefined && tags.fromValue === undefined);
}

function compileLock(lock: unknown): LockPolicy | undefined {
  if (lock === false) return undefined;
  if (lock !== undefined && (typeof lock !== 'object' || lock === null)) {
    throw invalidOption('lock', 'false or { lease, wait }', lock);
  }
  const given: LockOptions = checkOptionNames('lock', lock ?? {}, LOCK_OPTIONS);
  const { lease = '2s', wait = DEFAULT_WAIT / 1_000 } = given;
  const milliseconds = toMilliseconds('lock.lease', lease, { zero: false });
  if (milliseconds < SHORTEST_LEASE) throw invalidOption('lock.lease', `at least ${SHORTEST_LEASE} ms`, lease);
  return { lease: milliseconds, wait: toMilliseconds('lock.wait', wait, { zero: true }) };
}

function compileWhen(when: unknown): CachePolicy['when'] {
  if (when === undefined) return undefined;
  if (typeof when !== 'function') throw invalidOption('when', 'a function', when);
  return (args) => Boolean(Reflect.apply(when, undefined, args));
}

function compileTagsOf(tags: TagPolicy | undefined): CachePolicy['tagsOf'] {
  if (tags === undefined) return () => [];
  const { fromArgs, fromValue } = tags;
  return (value, args) => [...new Set([...fromArgs(args), ...(fromValue?.(value, args) ?? [])])];
}
