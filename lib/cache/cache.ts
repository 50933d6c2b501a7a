import { freshnessOf, type Entry } from '../entry/entry.js';
import { CacheError, describeValue } from '../errors.js';
import type { CacheKey } from '../keys/cache-key.js';
import { compileKey, toCacheKey, type KeyOfCall, type KeySource } from '../keys/key-source.js';
import type { KeyFits } from '../keys/key-fits.js';
import type { Awaitable, Store } from '../stores/store.js';
import { now, nowInThisTurn } from '../time/clock.js';
import { toMilliseconds, type Duration } from '../time/duration.js';
import { TIMED_OUT, within } from '../time/timers.js';
import { Events, type CacheEventName, type CacheListener } from './events.js';
import { InvalidationApplier, type InvalidationResult } from './invalidation.js';
import type { LoadJob, Loader } from './load-job.js';
import { loadThrough, type LoadContext, type LoadOutcome } from './load.js';
import { isWithinLoad } from './loading-scope.js';
import { compilePolicy, type CachePolicy, type CachePolicyOptions } from './policy.js';
import { RefreshBackoff } from './refresh-backoff.js';
import { SingleFlight, type Flight, type Loaded } from './single-flight.js';
import { FAILED, StoreAccess, type Failed } from './store-access.js';
import { warnOnce } from './warnings.js';

export interface CacheOptions {
  /** Where entries are kept. */
  readonly store: Store;
  /** Names this cache in reports. Default `'default'`. */
  readonly name?: string;
  /** A part added to every key, asked for at each call: the tenant of the current request, say. */
  readonly scope?: () => string;
  /**
   * The longest load allowed. Until then a lease is renewed and a ticket kept; a load that takes longer still answers its
   * callers, but fills nothing, and new callers no longer join it. Default `'60s'`.
   */
  readonly maxLoad?: Duration;
}

export interface CloseOptions {
  /** How long to wait for background work. Default `'5s'`. */
  readonly timeout?: Duration;
}

/** A function's key and policy, for {@link Cache.wrap}. */
export interface WrapOptions<
  V,
  A extends readonly unknown[],
  K extends KeySource = KeySource,
> extends CachePolicyOptions<V, A> {
  readonly key: K;
}

/**
 * A cache over one store: it decides, for each call, whether a stored value answers it, and runs every load.
 *
 * The story of a call: `call` → read → `decide` → `miss` → `loadThrough` (`load.ts`). `docs/life-of-a-call.md` tells it
 * in words.
 */
export class Cache {
  readonly name: string;
  readonly #store: Store;
  readonly #access: StoreAccess;
  readonly #events = new Events();
  readonly #scope: (() => string) | undefined;
  readonly #loads: SingleFlight<LoadOutcome>;
  /** Apart from `#loads`: a miss must not join a refresh that was refused the lock. */
  readonly #refreshes: SingleFlight<LoadOutcome>;
  readonly #backoff = new RefreshBackoff();
  readonly #invalidation: InvalidationApplier;
  readonly #context: LoadContext;
  readonly #background = new Set<Promise<unknown>>();
  #closing: Promise<void> | undefined;

  /** @throws CacheError `ERR_CACHE_OPTION_INVALID`, `ERR_CACHE_DURATION_INVALID` */
  constructor(options: CacheOptions) {
    const { store, name = 'default', scope, maxLoad = '60s' } = checkOptions(options);
    const longest = toMilliseconds('maxLoad', maxLoad, { zero: false });
    this.name = name;
    this.#store = store;
    this.#scope = scope;
    this.#access = new StoreAccess(store, this.#events);
    this.#loads = new SingleFlight(longest);
    this.#refreshes = new SingleFlight(longest);
    this.#invalidation = new InvalidationApplier(store, this.#events);
    this.#context = {
      owner: this,
      store: this.#access,
      sealer: store,
      lock: store.lock,
      events: this.#events,
      maxLoad: longest,
    };
    store.observe?.({
      entryUnreadable: (key, error) => {
        this.#events.emit('entry-unreadable', { key, error });
      },
    });
  }

  /**
   * The value of `key`: the stored one where it is fresh, or stale and allowed to be served, otherwise what `load`
   * returns. Rejects with `load`'s own error, and with a CacheError only for wrong options.
   */
  getOrLoad<V>(key: CacheKey, load: () => V | Promise<V>, options: CachePolicyOptions<V, []>): Promise<Awaited<V>> {
    try {
      return this.#call(toCacheKey('key', key), compilePolicy(options), load, undefined, []) as Promise<Awaited<V>>;
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * A function that answers from the cache, with the type of `load`.
   * @throws CacheError at once, when an option is wrong
   */
  wrap<A extends readonly unknown[], V, K extends KeySource>(
    load: ((...args: A) => Promise<V>) & KeyFits<K, A>,
    options: WrapOptions<V, A, K>,
  ): (...args: A) => Promise<V> {
    const keyOf = compileKey('key', options.key);
    const policy = compilePolicy(options);
    return (...args) => this.call(keyOf, policy, load, undefined, args) as Promise<V>;
  }

  /** The stored value of `key` while it is fresh or stale; `undefined` where there is none, or the store is away. */
  async get<V = unknown>(key: CacheKey): Promise<V | undefined> {
    const { text } = this.#scoped(toCacheKey('key', key));
    return this.#invalidation.isPending(text) ? undefined : ((await this.#usable(text))?.value as V | undefined);
  }

  /**
   * Stores `value` whatever was there; loads of the key in flight will not overwrite it. Where the store is away the old
   * value is invalidated as soon as possible instead: `'queued'`.
   * @throws CacheError (rejects) `ERR_CACHE_VALUE_UNSUPPORTED` when the store cannot keep the value as it is
   */
  async set(
    key: CacheKey,
    value: unknown,
    options: Pick<CachePolicyOptions, 'ttl' | 'staleWhileRevalidate'>,
  ): Promise<InvalidationResult> {
    const { text } = this.#scoped(toCacheKey('key', key));
    const lifetime = compilePolicy(options).lifetimeOf(value, []);
    if (lifetime === undefined) return this.#invalidate([text]);
    const sealed = this.#store.seal(value);
    return this.#detaching([text], () => this.#invalidation.replace(text, sealed, lifetime));
  }

  /**
   * Removes the entries of `keys`: no value loaded before this was applied is served or stored afterwards. `'applied'`, or
   * `'queued'` when the store is away: then this process uses no stored value of these keys until it is applied.
   */
  async invalidate(...keys: readonly CacheKey[]): Promise<InvalidationResult> {
    return this.#invalidate(keys.map((key) => this.#scoped(toCacheKey('key', key)).text));
  }

  /** {@link invalidate} for every key of the store. */
  async clear(): Promise<InvalidationResult> {
    return this.#detaching('all', () => this.#invalidation.clear());
  }

  /** Calls `listener` on each event of this name, at once and in the context of the call that it is about. */
  on<N extends CacheEventName>(name: N, listener: CacheListener<N>): this {
    this.#events.on(name, listener);
    return this;
  }

  off<N extends CacheEventName>(name: N, listener: CacheListener<N>): this {
    this.#events.off(name, listener);
    return this;
  }

  /**
   * Waits for background refreshes and fills, at most `timeout`, then lets go of the store; what the user opened stays
   * open. Afterwards methods are called without the cache; invalidations are still applied.
   */
  close({ timeout = '5s' }: CloseOptions = {}): Promise<void> {
    this.#closing ??= this.#drain(toMilliseconds('timeout', timeout, { zero: true }));
    return this.#closing;
  }

  /**
   * @internal What decorators and `wrap` call. A key that cannot be made rejects, as the method itself would. Arguments
   * one by one, and no object made of them before there is a miss: most calls are hits.
   */
  call(
    keyOf: KeyOfCall,
    policy: CachePolicy,
    method: Loader['method'],
    self: unknown,
    args: Loader['args'],
  ): Promise<unknown> {
    try {
      return this.#call(keyOf(args, self), policy, method, self, args);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  #call(
    unscoped: CacheKey,
    policy: CachePolicy,
    method: Loader['method'],
    self: unknown,
    args: Loader['args'],
  ): Promise<unknown> {
    if (this.#closing !== undefined || (policy.when !== undefined && !this.#wanted(unscoped, policy.when, args))) {
      return callDirectly(method, self, args);
    }
    const key = this.#scoped(unscoped);
    const { text } = key;
    const loading = this.#loads.size > 0 || this.#refreshes.size > 0;
    if (loading && isWithinLoad(this, text)) return callDirectly(method, self, args);
    const entry = this.#invalidation.isPending(text) ? FAILED : this.#access.read(text);
    return entry instanceof Promise
      ? entry.then((found) => this.#answer(found, key, policy, method, self, args))
      : this.#answer(entry, key, policy, method, self, args);
  }

  #answer(
    entry: Entry | undefined | Failed,
    key: CacheKey,
    policy: CachePolicy,
    method: Loader['method'],
    self: unknown,
    args: Loader['args'],
  ): Promise<unknown> {
    if (entry === FAILED) return this.#miss({ key, policy, loader: { method, self, args }, mode: 'bypass' });
    const freshness = entry === undefined ? 'expired' : freshnessOf(entry, nowInThisTurn());
    switch (freshness) {
      case 'fresh':
        this.#tell('hit', key);
        return Promise.resolve(entry?.value);
      case 'stale':
        this.#tell('stale-hit', key);
        this.#refresh({ key, policy, loader: { method, self, args }, mode: 'background' });
        return Promise.resolve(entry?.value);
      case 'expired':
        return this.#miss({ key, policy, loader: { method, self, args }, mode: 'foreground' });
    }
  }

  #miss(job: LoadJob): Promise<unknown> {
    this.#tell('miss', job.key);
    return this.#joinOrLead(job, true);
  }

  async #joinOrLead(job: LoadJob, mayStartOver: boolean): Promise<unknown> {
    const current = this.#loads.current(job.key.text);
    if (current === undefined) return (await this.#lead(job)).value;
    current.joined += 1;
    this.#tell('coalesced', job.key);
    const loaded = await landed(current);
    // The load may have begun before an invalidation that was applied, elsewhere, before this call began.
    if (mayStartOver && (await loaded.filled) === 'refused') return this.#startOver(job);
    return loaded.copy();
  }

  async #startOver(job: LoadJob): Promise<unknown> {
    const entry = await this.#usable(job.key.text);
    return entry === undefined ? this.#joinOrLead(job, false) : entry.value;
  }

  async #usable(text: string): Promise<Entry | undefined> {
    const entry = await this.#access.read(text);
    return entry === undefined || entry === FAILED || freshnessOf(entry, now()) === 'expired' ? undefined : entry;
  }

  #lead(job: LoadJob): Promise<Loaded> {
    const flight = this.#loads.begin(job.key.text, (own) => this.#fly(this.#loads, job, own));
    const loaded = landed(flight);
    this.#keep(
      loaded.then(() => {
        this.#backoff.succeeded(job.key.text);
      }),
      job,
    );
    return loaded;
  }

  #refresh(job: LoadJob): void {
    const { text } = job.key;
    if (this.#refreshes.current(text) !== undefined || this.#backoff.pauses(text)) return;
    const flight = this.#refreshes.begin(text, (own) => this.#fly(this.#refreshes, job, own));
    this.#keep(this.#settleRefresh(text, flight), job);
  }

  /** A flight lands before those who wait for it go on, so that no later call joins it; or when its fill has ended. */
  async #fly(flights: SingleFlight<LoadOutcome>, job: LoadJob, flight: Flight<LoadOutcome>): Promise<LoadOutcome> {
    let filled: Awaitable<unknown>;
    try {
      const outcome = await loadThrough(this.#context, job, flight);
      filled = outcome === 'held' ? undefined : outcome.filled;
      return outcome;
    } finally {
      const land = () => {
        flights.land(job.key.text, flight);
      };
      if (filled instanceof Promise) this.#keep(filled.then(land), job);
      else land();
    }
  }

  async #settleRefresh(text: string, flight: Flight<LoadOutcome>): Promise<void> {
    try {
      const outcome = await flight.outcome;
      if (outcome === 'held') {
        this.#backoff.heldElsewhere(text);
        return;
      }
      // A refresh that leaves the stale entry as it is would otherwise be started again by the very next call.
      if ((await outcome.filled) === 'unfilled') this.#backoff.failed(text);
      else this.#backoff.succeeded(text);
    } catch (error) {
      this.#backoff.failed(text);
      throw error;
    }
  }

  /** Owns the promise of background work: `close` waits for it, and a failure is told. */
  #keep(work: Promise<unknown>, { key, mode }: LoadJob): void {
    const owned = work
      .catch((error: unknown) => {
        const about = { key: key.text, pattern: key.pattern };
        this.#events.emit('load-failed', { ...about, error, background: mode === 'background' });
      })
      .finally(() => this.#background.delete(owned));
    this.#background.add(owned);
  }

  #invalidate(keys: readonly string[]): Promise<InvalidationResult> {
    return this.#detaching(keys, () => this.#invalidation.invalidate(keys));
  }

  /** Detaches before, for calls from now on; and after, for loads that began before the store had applied it. */
  async #detaching(
    keys: readonly string[] | 'all',
    apply: () => Promise<InvalidationResult>,
  ): Promise<InvalidationResult> {
    this.#detach(keys);
    try {
      return await apply();
    } finally {
      this.#detach(keys);
    }
  }

  #detach(keys: readonly string[] | 'all'): void {
    for (const flights of [this.#loads, this.#refreshes]) {
      if (keys === 'all') flights.detachAll();
      else for (const key of keys) flights.detach(key);
    }
  }

  async #drain(timeout: number): Promise<void> {
    const done = Promise.all([...this.#background]);
    if ((await within(done, timeout)) === TIMED_OUT) {
      warnOnce('FRESHKEEP_CLOSE_TIMEOUT', this.name, `closed with ${this.#background.size} loads still running`);
    }
    await this.#invalidation.close();
    try {
      await this.#store.close?.();
    } catch (error) {
      this.#access.failed('close', error);
    }
  }

  #scoped(key: CacheKey): CacheKey {
    return this.#scope === undefined ? key : key.within(this.#scope());
  }

  /** A `when` that fails keeps the cache out of the call: the method answers. */
  #wanted(key: CacheKey, when: (args: readonly unknown[]) => boolean, args: readonly unknown[]): boolean {
    try {
      return when(args);
    } catch (error) {
      this.#events.emit('option-failed', { key: key.text, pattern: key.pattern, option: 'when', error });
      warnOnce('FRESHKEEP_OPTION_FAILED', key.pattern, `\`when\` failed, the cache is not used: ${String(error)}`);
      return false;
    }
  }

  #tell(name: 'hit' | 'stale-hit' | 'miss' | 'coalesced', key: CacheKey): void {
    if (this.#events.hears(name)) this.#events.emit(name, { key: key.text, pattern: key.pattern });
  }
}

/** A foreground load is never `held`: it waits or loads. */
async function landed(flight: Flight<LoadOutcome>): Promise<Loaded> {
  const outcome = await flight.outcome;
  if (outcome === 'held') throw new Error('unreachable: a foreground load was held');
  return outcome;
}

/** Always a promise, as the method that it stands for. */
function callDirectly(method: Loader['method'], self: unknown, args: Loader['args']): Promise<unknown> {
  return new Promise((resolve) => {
    resolve(Reflect.apply(method, self, args));
  });
}

function checkOptions(options: CacheOptions): CacheOptions {
  const { store, name, scope } = options;
  if (typeof (store as unknown) !== 'object' || typeof (store as Partial<Store> | null)?.fill !== 'function') {
    throw unfit('store', 'a store, such as new MemoryStore()', store);
  }
  if (name !== undefined && typeof (name as unknown) !== 'string') throw unfit('name', 'a string', name);
  if (scope !== undefined && typeof (scope as unknown) !== 'function')
    throw unfit('scope', 'a function that returns a string', scope);
  return options;
}

function unfit(option: string, expectation: string, value: unknown): CacheError {
  return new CacheError(
    'ERR_CACHE_OPTION_INVALID',
    `Expected \`${option}\` to be ${expectation}, got ${describeValue(value)}`,
  );
}

/** A cache of its own, independent of the default one. */
export function createCache(options: CacheOptions): Cache {
  return new Cache(options);
}
