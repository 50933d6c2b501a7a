import type { Entry } from '../entry/entry.js';
import { examine } from '../doctor/examine.js';
import type { Finding } from '../doctor/finding.js';
import { CacheError, checkBoolean, checkFunction } from '../errors.js';
import type { CacheKey } from '../keys/cache-key.js';
import type { KeyFits } from '../keys/key-fits.js';
import { compileKey, toCacheKey, type KeySource } from '../keys/key-source.js';
import { checkTags } from '../keys/tag.js';
import { checkOptionNames } from '../known-names.js';
import type { FilledBy } from '../statistics/fillers.js';
import type { Store } from '../stores/store.js';
import { now } from '../time/clock.js';
import { toMilliseconds } from '../time/duration.js';
import {
  checkOptions,
  CLOSE_OPTIONS,
  SET_OPTIONS,
  WRAP_OPTIONS,
  type CacheHealth,
  type CacheOptions,
  type CloseOptions,
  type SetOptions,
  type WrapOptions,
} from './cache-options.js';
import { assemble, type CacheParts } from './cache-parts.js';
import type { CacheStats } from './cache-stats.js';
import { CachedMethod } from './cached-method.js';
import type { Calls } from './calls.js';
import { collectStats } from './collect-stats.js';
import { isWritten } from './deferral.js';
import type { CacheEventName, CacheListener } from './events.js';
import { explain } from './explain.js';
import { EXPLAIN_OPTIONS, type ExplainOptions, type Explanation } from './explanation.js';
import type { InvalidationResult } from './invalidation-applier.js';
import { warnOfLost } from './lost-invalidations.js';
import { answerMany, type CachedManyMethod } from './many-calls.js';
import { compileMany, WRAP_MANY_OPTIONS, type WrapManyOptions } from './many-options.js';
import { compilePolicy, POLICY_OPTIONS, type CachePolicyOptions } from './policy.js';
import { standIn } from './stand-in.js';
import { isUsable } from './store-access.js';
import type { Updated } from './updates.js';
import type { Wanted } from './wanted.js';
import { warnOnce } from './warnings.js';

/** Any entry, whoever filled it. */
const ANY: Wanted = { staleWindow: 'with stale window', tags: [] };

/**
 * A cache over one store: it decides, for each call, whether a stored value answers it (`calls.ts`), runs every load
 * (`loads.ts`), and applies invalidations (`invalidations.ts`).
 */
export class Cache {
  readonly name: string;
  readonly #store: Store;
  readonly #startedAt = now();
  readonly #scope: (() => string) | undefined;
  readonly #parts: CacheParts;
  /** One of the parts: most hits ask for nothing else. */
  readonly #calls: Calls;
  #closing: Promise<void> | undefined;

  /** @throws CacheError `ERR_CACHE_OPTION_INVALID`, `ERR_CACHE_DURATION_INVALID` */
  constructor(options: CacheOptions) {
    const { store, name = 'default', scope } = checkOptions(options);
    this.name = name;
    this.#store = store;
    this.#scope = scope;
    this.#parts = assemble(this, options);
    this.#calls = this.#parts.calls;
  }

  /**
   * The value of `key`: the stored one where it is fresh, or stale and allowed to be served, otherwise what `load`
   * returns. Rejects with `load`'s own error, and with a CacheError only for wrong options.
   */
  getOrLoad<V>(key: CacheKey, load: () => V | Promise<V>, options: CachePolicyOptions<V, []>): Promise<Awaited<V>> {
    try {
      const method = checkFunction('load', load);
      const policy = compilePolicy(checkOptionNames('options', options, POLICY_OPTIONS));
      const compiledKey = compileKey('key', toCacheKey('key', key));
      const target = new CachedMethod({ key: compiledKey, policy, method, forOneCall: true });
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
    const { key } = checkOptionNames('options', options, WRAP_OPTIONS);
    const method = checkFunction('load', load);
    const target = new CachedMethod({ key: compileKey('key', key), policy: compilePolicy(options), method });
    return standIn(target, () => this).bind(undefined);
  }

  /**
   * {@link wrap} for a function that loads many values, each of which is cached under a key of its own: all ids are read
   * together, and `load` is called for those alone that are missing.
   * @throws CacheError at once, when an option is wrong
   */
  wrapMany<Id, V, Others extends readonly unknown[], K extends KeySource>(
    load: ((ids: Id[], ...others: Others) => Promise<readonly V[]>) & KeyFits<K, [Id, ...Others]>,
    options: WrapManyOptions<V, [Id, ...Others], K> & { readonly returns: 'list' },
  ): (ids: readonly Id[], ...others: Others) => Promise<(V | undefined)[]>;
  wrapMany<Id, V, Others extends readonly unknown[], K extends KeySource>(
    load: ((ids: Id[], ...others: Others) => Promise<ReadonlyMap<Id, V>>) & KeyFits<K, [Id, ...Others]>,
    options: WrapManyOptions<V, [Id, ...Others], K> & { readonly returns?: 'map' },
  ): (ids: readonly Id[], ...others: Others) => Promise<Map<Id, V>>;
  wrapMany(
    load: (...args: never[]) => unknown,
    options: WrapManyOptions<never, never>,
  ): (...args: readonly unknown[]) => Promise<never> {
    const { key } = checkOptionNames('options', options, WRAP_MANY_OPTIONS);
    const target = compileMany(options, compileKey('key', key))(checkFunction('load', load), () => []);
    return (...args) => this.callMany(target, undefined, args) as Promise<never>;
  }

  /** The stored value of `key` while it is fresh or stale; `undefined` where there is none, or the store is away. */
  async get<V = unknown>(key: CacheKey): Promise<V | undefined> {
    const scoped = this.scoped(toCacheKey('key', key));
    const entry = await this.#usableEntryOf(scoped);
    this.#parts.statistics.readDirectly(scoped, entry !== undefined);
    return entry?.value as V | undefined;
  }

  /**
   * Stores `value` whatever was there; loads of the key in flight will not overwrite it. Where the store is away the old
   * value is invalidated as soon as possible instead: `'queued'`.
   * @throws CacheError (rejects) `ERR_CACHE_VALUE_UNSUPPORTED` when the store cannot keep the value as it is
   */
  async set(key: CacheKey, value: unknown, options: SetOptions): Promise<InvalidationResult> {
    const { text, pattern } = this.scoped(toCacheKey('key', key));
    const policy = compilePolicy(checkOptionNames('options', options, SET_OPTIONS));
    const lifetime = policy.lifetimeOf(value, []);
    const tags = policy.tagsOf(value, []);
    if (lifetime === undefined) return this.invalidate(key);
    if (isThenable(value)) {
      throw new CacheError('ERR_CACHE_VALUE_UNSUPPORTED', 'Expected a value to `set`, got a promise: await it first');
    }
    const sealed = this.#store.seal(value);
    const terms = { lifetime, tags };
    const result = await this.#parts.invalidations.replace(text, sealed, terms);
    const tally = this.#parts.statistics.tallies.of(pattern);
    tally.directWrites += 1;
    if (result === 'applied') this.#parts.statistics.written({ key: text, tally, by: BY_SET, sealed, terms });
    return result;
  }

  /**
   * Removes the entries of `keys`, of none where the list is empty: no value loaded before this was applied is served or
   * stored afterwards. `'applied'`, or `'queued'` when the store is away: then this process uses no stored value of these keys
   * until it is applied. Within {@link deferInvalidations} `'deferred'`.
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
    return this.#parts.invalidations.invalidate('all');
  }

  /**
   * What happened to the keys of each pattern, counted since this cache was made: hits by tier, loads and how long they took, what other
   * ttls would have given (`docs/statistics.md`). Always on. Plain data, for JSON.
   */
  stats(): CacheStats {
    return collectStats({
      name: this.name,
      startedAt: this.#startedAt,
      statistics: this.#parts.statistics,
      memory: this.#store.memory?.(),
      health: this.health(),
    });
  }

  /**
   * What is wrong with how methods are cached, as far as {@link stats} tells: the worst first, each with the figures it rests on, and
   * what to change; nothing where all is well (`docs/doctor.md`).
   */
  diagnose(): Finding[] {
    return examine(this.stats());
  }

  /** How this cache and its store are doing now, for a health check or a log. */
  health(): CacheHealth {
    return {
      ...this.#store.health?.(),
      queuedInvalidations: this.#parts.invalidations.queued,
      loads: this.#parts.loads.count,
    };
  }

  /**
   * Why a call of `key` would be answered the way it would be now: what each tier has, its age and what is left of its life, its
   * tags, who loads it, what is queued. For people to read: it shows no value unless asked to, and changes nothing. What a
   * method's own options would add (`when`, `schema`, tags that an entry lacks) it cannot know.
   * @throws CacheError (rejects) `ERR_CACHE_OPTION_INVALID`
   */
  async explain(key: CacheKey, options: ExplainOptions = {}): Promise<Explanation> {
    const { values = false } = checkOptionNames('options', options, EXPLAIN_OPTIONS);
    checkBoolean('values', values);
    return this.explainScoped(this.scoped(toCacheKey('key', key)), { values });
  }

  /** @internal {@link explain} for a key that has its scope. */
  async explainScoped(key: CacheKey, options: ExplainOptions = {}): Promise<Explanation> {
    const context = {
      owner: this,
      store: this.#store,
      loads: this.#parts.loads,
      pending: this.#parts.companions.pending,
      closed: this.#calls.closed,
    };
    return explain(context, key, options);
  }

  /**
   * Calls `listener` on each event of this name, at once and in the context of the call that it is about.
   * @throws CacheError `ERR_CACHE_OPTION_INVALID` where there is no such event
   */
  on<N extends CacheEventName>(name: N, listener: CacheListener<N>): this {
    this.#parts.events.on(name, listener);
    return this;
  }

  off<N extends CacheEventName>(name: N, listener: CacheListener<N>): this {
    this.#parts.events.off(name, listener);
    return this;
  }

  /**
   * Waits for background refreshes and fills, at most `timeout`, then lets go of the store, if no other cache uses it; what
   * the user opened stays open. Afterwards methods are called without the cache; invalidations are still applied.
   */
  async close(options: CloseOptions = {}): Promise<void> {
    const { timeout = '5s' } = checkOptionNames('options', options, CLOSE_OPTIONS);
    this.#closing ??= this.#drain(toMilliseconds('timeout', timeout, { zero: true }));
    this.#calls.closed = true;
    await this.#closing;
  }

  /** @internal The key with the scope of this cache: a writer asks for it before it writes. */
  scoped(key: CacheKey): CacheKey {
    return this.#scope === undefined ? key : key.within(this.#scope());
  }

  /** @internal {@link invalidate} for keys that have their scope, and tags that were checked; once more after `repeatAfter` milliseconds. */
  async invalidateScoped(
    keys: readonly CacheKey[],
    tags: readonly string[] = [],
    repeatAfter?: number,
  ): Promise<InvalidationResult> {
    this.#parts.statistics.invalidationAskedFor(keys);
    return this.#parts.invalidations.invalidate({ keys: keys.map(({ text }) => text), tags }, repeatAfter);
  }

  /** @internal What `@UpdatesCache` calls. */
  update(target: CachedMethod, self: unknown, args: readonly unknown[]): Promise<Updated> {
    return this.#parts.updates.write(target, self, args);
  }

  /** @internal What functions that stand for cached ones call first, with their first argument; `undefined`: {@link call} has to answer. */
  hit(target: CachedMethod, first: unknown): Promise<unknown> | undefined {
    return this.#calls.hit(target, first);
  }

  /** @internal */
  call(target: CachedMethod, self: unknown, args: readonly unknown[]): Promise<unknown> {
    return this.#calls.answer(target, self, args);
  }

  /** @internal The same for `@CachedMany` and `wrapMany`. */
  callMany(target: CachedManyMethod, self: unknown, args: readonly unknown[]): Promise<unknown> {
    return answerMany({ calls: this.#calls, owner: this, tracing: this.#parts.tracing }, target, self, args);
  }

  async #usableEntryOf(key: CacheKey): Promise<Entry | undefined> {
    const { text } = key;
    if (isWritten(this.#store, text, [])) return undefined;
    const entry = await this.#parts.access.readWithCare(key, ANY);
    return isUsable(entry) && !isWritten(this.#store, text, entry.tags ?? []) ? entry : undefined;
  }

  async #drain(timeout: number): Promise<void> {
    this.#parts.invalidations.endRepeats();
    const left = await this.#parts.loads.drain(timeout);
    if (left > 0) warnOnce('FRESHKEEP_CLOSE_TIMEOUT', this.name, `closed with ${left} loads still running`);
    const queued = await this.#parts.invalidations.close();
    if (this.#parts.companions.leave(this.#parts.asCompanion) === 'others stay') return;
    warnOfLost(queued);
    try {
      await this.#store.close?.();
    } catch (error) {
      this.#parts.access.failed('close', error);
    }
  }
}

/** As statistics know it: its lifetime comes with each call. */
const BY_SET: FilledBy = {
  name: 'cache.set',
  code: 'cache.set',
  declared: undefined,
  ttlVaries: false,
  silentWriters: [],
};

/** What `await` would wait for: no `get` could ever give it back. */
function isThenable(value: unknown): boolean {
  return typeof (value as { readonly then?: unknown } | null | undefined)?.then === 'function';
}

/** A cache of its own, independent of the default one. */
export function createCache(options: CacheOptions): Cache {
  return new Cache(options);
}
