import { CacheError, describeThrown } from '../errors.js';
import { freshnessOf, type Entry } from '../entry/entry.js';
import type { CacheKey } from '../keys/cache-key.js';
import type { KeyFits } from '../keys/key-fits.js';
import type { MadeKey } from '../keys/compiled-key.js';
import { compileKey, toCacheKey, type KeySource } from '../keys/key-source.js';
import type { Awaitable, Store } from '../stores/store.js';
import { nowInThisTurn } from '../time/clock.js';
import { toMilliseconds } from '../time/duration.js';
import { callDirectly } from './call-directly.js';
import {
  checkOptions,
  type CacheHealth,
  type CacheOptions,
  type CloseOptions,
  type WrapOptions,
} from './cache-options.js';
import { Companions, type Companion } from './companions.js';
import { Events, type CacheEventName, type CacheListener } from './events.js';
import { InvalidationApplier, type InvalidationResult } from './invalidation.js';
import type { CachedMethod, LoadJob } from './load-job.js';
import { isAnythingLoading, isWithinLoad } from './loading-scope.js';
import { Loads } from './loads.js';
import type { PendingKeys } from './pending-invalidations.js';
import { compilePolicy, type CachePolicyOptions } from './policy.js';
import { FAILED, isEntry, isUsable, StoreAccess, type Failed } from './store-access.js';
import { warnOnce } from './warnings.js';

/**
 * A cache over one store: it decides, for each call, whether a stored value answers it, and runs every load.
 *
 * The story of a call: `call` → read → `answer` → `Loads.miss` → `loadThrough` (`load.ts`). `docs/life-of-a-call.md` tells it
 * in words.
 */
export class Cache {
  readonly name: string;
  readonly #store: Store;
  readonly #access: StoreAccess;
  readonly #events = new Events();
  readonly #scope: (() => string) | undefined;
  readonly #loads: Loads;
  readonly #companions: Companions;
  readonly #asCompanion: Companion;
  readonly #invalidation: InvalidationApplier;
  #closing: Promise<void> | undefined;
  /** Must more than the entry be looked at to answer a call? One field to ask for all, as most calls are hits. */
  #careful = false;

  /** @throws CacheError `ERR_CACHE_OPTION_INVALID`, `ERR_CACHE_DURATION_INVALID` */
  constructor(options: CacheOptions) {
    const { store, name = 'default', scope, maxLoad = '60s', maxConcurrentLoads } = checkOptions(options);
    const longest = toMilliseconds('maxLoad', maxLoad, { zero: false });
    this.name = name;
    this.#store = store;
    this.#scope = scope;
    this.#access = new StoreAccess(store, this.#events);
    this.#companions = Companions.of(store);
    this.#invalidation = new InvalidationApplier(store, this.#events, this.#companions.pending);
    const context = {
      owner: this,
      isPending: (key: string) => this.#invalidation.isPending(key),
      store: this.#access,
      sealer: store,
      lock: store.lock,
      events: this.#events,
      maxLoad: longest,
    };
    this.#loads = new Loads(context, maxConcurrentLoads);
    this.#asCompanion = this.#companion();
    this.#companions.join(this.#asCompanion);
    this.#reconsider();
  }

  /**
   * The value of `key`: the stored one where it is fresh, or stale and allowed to be served, otherwise what `load`
   * returns. Rejects with `load`'s own error, and with a CacheError only for wrong options.
   */
  getOrLoad<V>(key: CacheKey, load: () => V | Promise<V>, options: CachePolicyOptions<V, []>): Promise<Awaited<V>> {
    try {
      const target = { key: compileKey('key', toCacheKey('key', key)), policy: compilePolicy(options), method: load };
      return this.call(target, undefined, []) as Promise<Awaited<V>>;
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
    const target = { key: compileKey('key', options.key), policy: compilePolicy(options), method: load };
    return (...args) => this.call(target, undefined, args) as Promise<V>;
  }

  /** The stored value of `key` while it is fresh or stale; `undefined` where there is none, or the store is away. */
  async get<V = unknown>(key: CacheKey): Promise<V | undefined> {
    const { text } = this.scoped(toCacheKey('key', key));
    const entry = this.#invalidation.isPending(text) ? FAILED : await this.#access.read(text, 'with stale window');
    return isUsable(entry) ? (entry.value as V) : undefined;
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
    const { text } = this.scoped(toCacheKey('key', key));
    const lifetime = compilePolicy(options).lifetimeOf(value, []);
    if (lifetime === undefined) return this.invalidate(key);
    if (isThenable(value)) {
      throw new CacheError('ERR_CACHE_VALUE_UNSUPPORTED', 'Expected a value to `set`, got a promise: await it first');
    }
    const sealed = this.#store.seal(value);
    return this.#detaching([text], () => this.#invalidation.replace(text, sealed, lifetime));
  }

  /**
   * Removes the entries of `keys`: no value loaded before this was applied is served or stored afterwards. `'applied'`, or
   * `'queued'` when the store is away: then this process uses no stored value of these keys until it is applied.
   */
  async invalidate(...keys: readonly CacheKey[]): Promise<InvalidationResult> {
    return this.invalidateScoped(keys.map((key) => this.scoped(toCacheKey('key', key))));
  }

  /** {@link invalidate} for every key of the store. */
  async clear(): Promise<InvalidationResult> {
    return this.#detaching('all', () => this.#invalidation.clear());
  }

  /** How this cache and its store are doing now, for a health check or a log. */
  health(): CacheHealth {
    return {
      ...this.#store.health?.(),
      queuedInvalidations: this.#invalidation.queued,
      loads: this.#loads.count,
    };
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
   * Waits for background refreshes and fills, at most `timeout`, then lets go of the store, if no other cache uses it; what
   * the user opened stays open. Afterwards methods are called without the cache; invalidations are still applied.
   */
  async close({ timeout = '5s' }: CloseOptions = {}): Promise<void> {
    this.#closing ??= this.#drain(toMilliseconds('timeout', timeout, { zero: true }));
    this.#reconsider();
    await this.#closing;
  }

  /** @internal The key with the scope of this cache: a writer asks for it before it writes. */
  scoped(key: CacheKey): CacheKey {
    return this.#scope === undefined ? key : key.within(this.#scope());
  }

  /** @internal {@link invalidate} for keys that have their scope. */
  invalidateScoped(keys: readonly CacheKey[]): Promise<InvalidationResult> {
    const texts = keys.map(({ text }) => text);
    return this.#detaching(texts, () => this.#invalidation.invalidate(texts));
  }

  /**
   * @internal What decorators, `wrap` and `getOrLoad` call. A key that cannot be made rejects, as the method itself would.
   * Most calls end here, with a fresh entry: nothing is made for them that only a load, or a listener, would need.
   */
  call(target: CachedMethod, self: unknown, args: readonly unknown[]): Promise<unknown> {
    try {
      const made = target.key.make(args, self);
      if (this.#careful || target.policy.when !== undefined || isAnythingLoading()) {
        return this.#callWithCare(target, self, args, made);
      }
      const entry = this.#access.read(typeof made === 'string' ? made : made.text, target.policy.staleWindow);
      if (isEntry(entry) && nowInThisTurn() < entry.staleAt) return this.#hit(entry, target, made);
      return this.#answer(entry, target, self, args, made);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  #callWithCare(target: CachedMethod, self: unknown, args: readonly unknown[], made: MadeKey): Promise<unknown> {
    const { policy, method } = target;
    const unscoped = target.key.whole(made);
    if (this.#closing !== undefined || (policy.when !== undefined && !this.#wanted(unscoped, policy.when, args))) {
      return callDirectly({ method, self, args });
    }
    const key = this.scoped(unscoped);
    if (isWithinLoad(this, key.text)) return callDirectly({ method, self, args });
    const entry = this.#invalidation.isPending(key.text)
      ? this.#access.readAlone(key.text)
      : this.#access.read(key.text, policy.staleWindow);
    return this.#answer(entry, target, self, args, key);
  }

  /** What others tell this cache. */
  #companion(): Companion {
    const events = this.#events;
    return {
      detach: (keys) => {
        this.#loads.detach(keys);
      },
      pendingChanged: () => {
        this.#reconsider();
      },
      replayed: (keys) => {
        events.emit('invalidation-replayed', { keys });
      },
      entryUnreadable: (key, error) => {
        events.emit('entry-unreadable', { key, error });
      },
      invalidatedElsewhere: (keys) => {
        this.#loads.detach(keys);
        events.emit('invalidated-elsewhere', { keys });
      },
      breakerChanged: (state, server) => {
        events.emit('breaker-changed', { state, ...(server === undefined ? {} : { server }) });
      },
      copyFailed: (key, error) => {
        events.emit('store-failed', { operation: 'copy', error, key });
      },
      busFailed: (error) => {
        events.emit('store-failed', { operation: 'bus', error });
      },
      copiesDropped: (reason) => {
        events.emit('copies-dropped', { reason });
      },
    };
  }

  #reconsider(): void {
    this.#careful = this.#scope !== undefined || this.#closing !== undefined || !this.#invalidation.isIdle();
  }

  #answer(
    entry: Awaitable<Entry | undefined | Failed>,
    target: CachedMethod,
    self: unknown,
    args: readonly unknown[],
    made: MadeKey,
  ): Promise<unknown> {
    if (isEntry(entry)) {
      // A store that has decided by its own clock (`Entry`) spares a look at this one.
      if (entry.staleAt === Infinity || nowInThisTurn() < entry.staleAt) return this.#hit(entry, target, made);
    } else if (entry instanceof Promise) {
      return entry.then((found) => this.#answer(found, target, self, args, made));
    }
    return this.#answerWithLoad(entry, this.#jobOf(target, self, args, target.key.whole(made)));
  }

  #hit(entry: Entry, target: CachedMethod, made: MadeKey): Promise<unknown> {
    if (this.#events.hears('hit')) this.#events.tell('hit', target.key.whole(made));
    return Promise.resolve(entry.value);
  }

  #answerWithLoad(entry: Entry | undefined | Failed, job: LoadJob): Promise<unknown> {
    if (entry === FAILED) return this.#loads.miss({ ...job, mode: 'bypass' });
    if (entry === undefined || freshnessOf(entry, nowInThisTurn()) === 'expired') return this.#loads.miss(job);
    this.#events.tell('stale-hit', job.key);
    this.#loads.refresh({ ...job, mode: 'background' });
    return Promise.resolve(entry.value);
  }

  #jobOf({ key: made, policy, method }: CachedMethod, self: unknown, args: readonly unknown[], key: CacheKey): LoadJob {
    const loader = { method, self, args, keyNow: () => this.scoped(made.keyOf(args, self)) };
    return { key, policy, loader, mode: 'foreground' };
  }

  /** Detaches before, for calls from now on; and after, for loads that began before the store had applied it. */
  async #detaching(
    keys: readonly string[] | 'all',
    apply: () => Promise<InvalidationResult>,
  ): Promise<InvalidationResult> {
    this.#companions.detach(keys);
    try {
      return await apply();
    } finally {
      this.#companions.detach(keys);
    }
  }

  async #drain(timeout: number): Promise<void> {
    const left = await this.#loads.drain(timeout);
    if (left > 0) warnOnce('FRESHKEEP_CLOSE_TIMEOUT', this.name, `closed with ${left} loads still running`);
    const queued = await this.#invalidation.close();
    if (this.#companions.leave(this.#asCompanion) === 'others stay') return;
    warnOfLost(queued);
    try {
      await this.#store.close?.();
    } catch (error) {
      this.#access.failed('close', error);
    }
  }

  /** A `when` that fails keeps the cache out of the call: the method answers. */
  #wanted(key: CacheKey, when: (args: readonly unknown[]) => boolean, args: readonly unknown[]): boolean {
    try {
      return when(args);
    } catch (error) {
      this.#events.emit('option-failed', { key: key.text, pattern: key.pattern, option: 'when', error });
      warnOnce(
        'FRESHKEEP_OPTION_FAILED',
        key.pattern,
        `\`when\` failed, the cache is not used: ${describeThrown(error)}`,
      );
      return false;
    }
  }
}

function warnOfLost(queued: PendingKeys): void {
  if (queued !== 'all' && queued.length === 0) return;
  const keys = queued === 'all' ? 'all keys' : `${queued.length} ${queued.length === 1 ? 'key' : 'keys'}`;
  const message = `the invalidation of ${keys} is not applied yet, and is lost if the process ends now`;
  warnOnce('FRESHKEEP_INVALIDATIONS_LOST', 'close', message);
}

/** What `await` would wait for: no `get` could ever give it back. */
function isThenable(value: unknown): boolean {
  return typeof (value as { readonly then?: unknown } | null | undefined)?.then === 'function';
}

/** A cache of its own, independent of the default one. */
export function createCache(options: CacheOptions): Cache {
  return new Cache(options);
}
