import { checkCount, invalidOption } from '../errors.js';
import type { KeySource } from '../keys/key-source.js';
import { checkOptionNames, type NamesOf } from '../known-names.js';
import type { Store, StoreHealth } from '../stores/store.js';
import type { Duration } from '../time/duration.js';
import { POLICY_OPTIONS, type CachePolicyOptions } from './policy.js';
import type { StatisticsOptions } from './statistics-options.js';
import type { Tracing } from './tracing.js';

export interface CacheOptions {
  /** Where entries are kept. */
  readonly store: Store;
  /** Names this cache in reports. Default `'default'`. */
  readonly name?: string;
  /** A part added to every key, asked for at each call: the tenant of the current request, say. */
  readonly scope?: () => string;
  /**
   * The longest load allowed. Until then a lease is renewed and a ticket kept; a load that takes longer still answers its
   * callers, but fills nothing, new callers no longer join it, and `close` no longer waits for it once another load has
   * begun. Default `'60s'`.
   */
  readonly maxLoad?: Duration;
  /**
   * How many loads of this cache may run at once; further ones wait for their turn. Spares the source when the store is away
   * or has lost its data. A load within another load does not count. Default: any number.
   */
  readonly maxConcurrentLoads?: number;
  /** How much memory statistics may take. */
  readonly statistics?: StatisticsOptions;
  /** Is told of loads, waits and store calls as they begin: `openTelemetryTracing()` makes spans of them. Default: nobody is. */
  readonly tracing?: Tracing;
}

const CACHE_OPTIONS: NamesOf<CacheOptions> = {
  store: true,
  name: true,
  scope: true,
  maxLoad: true,
  maxConcurrentLoads: true,
  statistics: true,
  tracing: true,
};

/** How a cache is doing. What its store has not is left out. */
export interface CacheHealth extends StoreHealth {
  /** How many invalidations are queued. */
  readonly queuedInvalidations: number | 'all';
  /** Loads that run, and that wait for their turn (`maxConcurrentLoads`). */
  readonly loads: { readonly running: number; readonly waiting: number };
}

export interface CloseOptions {
  /** How long to wait for background work. Default `'5s'`. */
  readonly timeout?: Duration;
}

export const CLOSE_OPTIONS: NamesOf<CloseOptions> = { timeout: true };

/** How a value is stored that no loader gave, for {@link Cache.set}. */
export type SetOptions = Pick<CachePolicyOptions, 'ttl' | 'staleWhileRevalidate' | 'staleIfError' | 'jitter' | 'tags'>;

export const SET_OPTIONS: NamesOf<SetOptions> = {
  ttl: true,
  staleWhileRevalidate: true,
  staleIfError: true,
  jitter: true,
  tags: true,
};

/** A function's key and policy, for {@link Cache.wrap}. */
export interface WrapOptions<
  V,
  A extends readonly unknown[],
  K extends KeySource = KeySource,
> extends CachePolicyOptions<V, A> {
  readonly key: K;
}

export const WRAP_OPTIONS: NamesOf<WrapOptions<never, never>> = { ...POLICY_OPTIONS, key: true };

/** @throws CacheError `ERR_CACHE_OPTION_INVALID` */
export function checkOptions(options: CacheOptions): CacheOptions {
  const { store, name, scope, maxConcurrentLoads: most, tracing } = checkOptionNames('options', options, CACHE_OPTIONS);
  if (typeof (store as unknown) !== 'object' || typeof (store as Partial<Store> | null)?.fill !== 'function') {
    throw invalidOption('store', 'a store, such as new MemoryStore()', store);
  }
  if (name !== undefined && typeof (name as unknown) !== 'string') throw invalidOption('name', 'a string', name);
  if (scope !== undefined && typeof (scope as unknown) !== 'function')
    throw invalidOption('scope', 'a function that returns a string', scope);
  if (most !== undefined) checkCount('maxConcurrentLoads', most);
  if (tracing !== undefined && typeof (tracing as Partial<Tracing> | null)?.trace !== 'function')
    throw invalidOption('tracing', 'an object with a function `trace`, such as openTelemetryTracing()', tracing);
  return options;
}
