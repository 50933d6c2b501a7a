import { CacheError, describeThrown } from '../errors.js';
import { freshnessOf, type Entry } from '../entry/entry.js';
import type { Invalidated, InvalidatedNames } from '../invalidation/invalidation-bus.js';
import type { CacheKey } from '../keys/cache-key.js';
import type { KeyFits } from '../keys/key-fits.js';
import type { MadeKey } from '../keys/compiled-key.js';
import { compileKey, toCacheKey, type KeySource } from '../keys/key-source.js';
import { checkTags } from '../keys/tag.js';
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
import { Events, toInvalidationEvent, type CacheEventName, type CacheListener } from './events.js';
import { InvalidationApplier, type InvalidationResult } from './invalidation.js';
import type { CachedMethod, LoadJob } from './load-job.js';
import { isAnythingLoading, isWithinLoad } from './loading-scope.js';
import { Loads } from './loads.js';
import { compilePolicy, type CachePolicy, type CachePolicyOptions } from './policy.js';
import { FAILED, isEntry, isUsable, StoreAccess, type Failed } from './store-access.js';
import type { Wanted } from './wanted.js';
import { warnOnce } from './warnings.js';

/** One call of a cached method. */
interface Call {
  readonly target: CachedMethod;
  readonly self: unknown;
  readonly args: readonly unknown[];
  readonly made: MadeKey;
  readonly wanted: Wanted;
}

/** Any entry, whoever filled it. */
const ANY: Wanted = { staleWindow: 'with stale window', tags: [] };

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
    this.#companions = Companions.of(store);
    this.#access = new StoreAccess(store, this.#events, this.#companions.pending);
    this.#invalidation = new InvalidationApplier(store, this.#events, this.#companions.pending);
    const context = {
      owner: this,
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
    const entry = await this.#access.readWithCare(text, ANY);
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
    options: Pick<CachePolicyOptions, 'ttl' | 'staleWhileRevalidate' | 'tags'>,
  ): Promise<InvalidationResult> {
    const { text } = this.scoped(toCacheKey('key', key));
    const policy = compilePolicy(options);
    const lifetime = policy.lifetimeOf(value, []);
    const tags = policy.tagsOf(value, []);
    if (lifetime === undefined) return this.invalidate(key);
    if (isThenable(value)) {
      throw new CacheError('ERR_CACHE_VALUE_UNSUPPORTED', 'Expected a value to `set`, got a promise: await it first');
    }
    const sealed = this.#store.seal(value);
    return this.#detaching({ keys: [text], tags: [] }, () => this.#invalidation.replace(text, sealed, lifetime, tags));
  }

  /**
   * Removes the entries of `keys`: no value loaded before this was applied is served or stored afterwards. `'applied'`, or
   * `'queued'` when the store is away: then this process uses no stored value of these keys until it is applied.
   */
  async invalidate(...keys: readonly CacheKey[]): Promise<InvalidationResult> {
    return this.invalidateScoped(keys.map((key) => this.scoped(toCacheKey('key', key))));
  }

  /**
   * {@link invalidate} for every entry that has one of `tags`, in a time that does not depend on how many they are. Tags know
   * no `scope`: they reach the entries of all tenants.
   * @throws CacheError (rejects) `ERR_CACHE_TAG_INVALID`
   */
  async invalidateTags(...tags: readonly string[]): Promise<InvalidationResult> {
    return this.invalidateScoped([], checkTags('tags', tags));
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

  /** @internal {@link invalidate} for keys that have their scope, and tags that were checked. */
  invalidateScoped(keys: readonly CacheKey[], tags: readonly string[] = []): Promise<InvalidationResult> {
    const names = { keys: keys.map(({ text }) => text), tags };
    return this.#detaching(names, () => this.#invalidation.invalidate(names));
  }

  /**
   * @internal What decorators, `wrap` and `getOrLoad` call. A key that cannot be made rejects, as the method itself would.
   * Most calls end here, with a fresh entry: nothing is made for them that only a load, or a listener, would need.
   */
  call(target: CachedMethod, self: unknown, args: readonly unknown[]): Promise<unknown> {
    try {
      const made = target.key.make(args, self);
      const wanted = target.policy.plain;
      if (this.#careful || wanted === undefined || isAnythingLoading()) {
        return this.#callWithCare(target, self, args, made);
      }
      const entry = this.#access.read(typeof made === 'string' ? made : made.text, wanted);
      if (isEntry(entry) && nowInThisTurn() < entry.staleAt) return this.#hit(entry, target, made);
      return this.#answer(entry, { target, self, args, made, wanted });
    } catch (error) {
      return Promise.reject(error);
    }
  }

  #callWithCare(target: CachedMethod, self: unknown, args: readonly unknown[], made: MadeKey): Promise<unknown> {
    const { policy, method } = target;
    const unscoped = target.key.whole(made);
    if (this.#closing !== undefined || (policy.when !== undefined && !this.#isWanted(unscoped, policy.when, args))) {
      return callDirectly({ method, self, args });
    }
    const key = this.scoped(unscoped);
    if (isWithinLoad(this, key.text)) return callDirectly({ method, self, args });
    const wanted = this.#wantedBy(unscoped, policy, args);
    if (wanted === undefined) return callDirectly({ method, self, args });
    const plainly = wanted.tagging === undefined && this.#invalidation.isIdle();
    const entry = plainly ? this.#access.read(key.text, wanted) : this.#access.readWithCare(key.text, wanted);
    return this.#answer(entry, { target, self, args, made: key, wanted });
  }

  /** What others tell this cache. */
  #companion(): Companion {
    const events = this.#events;
    return {
      detach: (what) => {
        this.#loads.detach(what);
      },
      pendingChanged: () => {
        this.#reconsider();
      },
      replayed: (what) => {
        events.emit('invalidation-replayed', toInvalidationEvent(what));
      },
      entryUnreadable: (key, error) => {
        events.emit('entry-unreadable', { key, error });
      },
      invalidatedElsewhere: (what) => {
        this.#loads.detach(what);
        events.emit('invalidated-elsewhere', toInvalidationEvent(what));
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

  #answer(entry: Awaitable<Entry | undefined | Failed>, call: Call): Promise<unknown> {
    const { target, made } = call;
    if (isEntry(entry)) {
      // A store that has decided by its own clock (`Entry`) spares a look at this one.
      if (entry.staleAt === Infinity || nowInThisTurn() < entry.staleAt) return this.#hit(entry, target, made);
    } else if (entry instanceof Promise) {
      return entry.then((found) => this.#answer(found, call));
    }
    return this.#answerWithLoad(entry, this.#jobOf(call));
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

  #jobOf({ target, self, args, made, wanted }: Call): LoadJob {
    const { key, policy, method } = target;
    const loader = { method, self, args, keyNow: () => this.scoped(key.keyOf(args, self)) };
    return { key: key.whole(made), policy, loader, wanted, mode: 'foreground' };
  }

  /** Detaches before, for calls from now on; and after, for loads that began before the store had applied it. */
  async #detaching(what: Invalidated, apply: () => Promise<InvalidationResult>): Promise<InvalidationResult> {
    this.#companions.detach(what);
    try {
      return await apply();
    } finally {
      this.#companions.detach(what);
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

  #isWanted(key: CacheKey, when: (args: readonly unknown[]) => boolean, args: readonly unknown[]): boolean {
    return this.#orNone('when', key, () => when(args)) ?? false;
  }

  #wantedBy(key: CacheKey, policy: CachePolicy, args: readonly unknown[]): Wanted | undefined {
    return this.#orNone('tags', key, () => policy.wantedBy(args));
  }

  /** An option that fails keeps the cache out of the call: the method answers. */
  #orNone<T>(option: string, { text, pattern }: CacheKey, ask: () => T): T | undefined {
    try {
      return ask();
    } catch (error) {
      this.#events.emit('option-failed', { key: text, pattern, option, error });
      const message = `\`${option}\` failed, the cache is not used: ${describeThrown(error)}`;
      warnOnce('FRESHKEEP_OPTION_FAILED', pattern, message);
      return undefined;
    }
  }
}

function warnOfLost(queued: Invalidated): void {
  const names = queued === 'all' ? 'all keys' : describeNames(queued);
  if (names === '') return;
  const message = `the invalidation of ${names} is not applied yet, and is lost if the process ends now`;
  warnOnce('FRESHKEEP_INVALIDATIONS_LOST', 'close', message);
}

function describeNames({ keys, tags }: InvalidatedNames): string {
  const count = (list: readonly string[], noun: string) =>
    list.length === 0 ? [] : [`${list.length} ${noun}${list.length === 1 ? '' : 's'}`];
  return [...count(keys, 'key'), ...count(tags, 'tag')].join(' and ');
}

/** What `await` would wait for: no `get` could ever give it back. */
function isThenable(value: unknown): boolean {
  return typeof (value as { readonly then?: unknown } | null | undefined)?.then === 'function';
}

/** A cache of its own, independent of the default one. */
export function createCache(options: CacheOptions): Cache {
  return new Cache(options);
}
