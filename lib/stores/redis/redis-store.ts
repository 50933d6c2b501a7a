import type { Entry } from '../../entry/entry.js';
import type { TierReport } from '../../entry/tier-report.js';
import type { InvalidationBus } from '../../invalidation/invalidation-bus.js';
import { RedlockRefreshLock } from '../../locks/redlock-refresh-lock.js';
import type { RefreshLock } from '../../locks/refresh-lock.js';
import type {
  AbandonResult,
  Expected,
  FillResult,
  FillTerms,
  InspectOptions,
  LivingEntry,
  SealedValue,
  SharedStore,
  StoreHealth,
  StoreObserver,
  Tagging,
} from '../store.js';
import { Announcer } from './announcer.js';
import { Compression } from './compression.js';
import { EntryCodec } from './entry-codec.js';
import { EntryInspector } from './entry-inspector.js';
import { EntryReader } from './entry-reader.js';
import { EntryWriter } from './entry-writer.js';
import { RedisInvalidation } from './redis-invalidation.js';
import { RedisKeys } from './redis-key.js';
import { checkRedisStoreOptions, type RedisStoreOptions } from './redis-store-options.js';
import { RedisTags } from './redis-tags.js';
import { ServerClock } from './server-clock.js';
import { ServerGuards, type ServerGuardsOptions } from './server-guards.js';

/** Of one who expects nothing. */
const ANY: Expected = { staleWindow: 'with stale window', tags: [] };

/**
 * Keeps entries in Redis, for all processes that use the same server and prefix, and brings the refresh lock. Every
 * command has a deadline, whatever the client's own options say. What is fresh and what has expired is up to Redis' own
 * clock alone: an entry expires with its key, and is stale once its marker has expired.
 */
export class RedisStore implements SharedStore {
  readonly lock: RefreshLock;
  readonly bus: InvalidationBus;
  readonly #codec: EntryCodec;
  readonly #guards: ServerGuards;
  readonly #reader: EntryReader;
  readonly #writer: EntryWriter;
  readonly #invalidation: RedisInvalidation;
  readonly #inspector: EntryInspector;
  readonly #clock: ServerClock;
  readonly #observers = new Set<StoreObserver>();

  /** @throws CacheError `ERR_CACHE_OPTION_INVALID`, `ERR_CACHE_DURATION_INVALID` */
  constructor(options: RedisStoreOptions) {
    const { client, prefix, serializer, compressAbove, decodedBytes, deadline, failures, lockClients } =
      checkRedisStoreOptions(options);
    const keys = new RedisKeys(prefix);
    const codec = new EntryCodec(serializer);
    const guards = this.#guard({ client, failures, deadline });
    /** The reply to a command about the Redis key `name`, in time, from a server that is there. */
    const bound = <T>(operation: string, name: string, send: () => Promise<T>): Promise<T> =>
      guards.of(name).deadline.bound(operation, send);
    const tags = new RedisTags({ client, keys, bound });
    const announcer = new Announcer({ client, keys, bound });
    const compression = new Compression(compressAbove);
    const unreadable = (key: string, error: unknown): void => {
      for (const observer of this.#observers) observer.entryUnreadable?.(key, error);
    };
    this.#codec = codec;
    this.#guards = guards;
    this.#reader = new EntryReader({ client, keys, codec, guards, tags, unreadable, decodedBytes });
    this.#writer = new EntryWriter({ client, keys, codec, compression, tags, announcer, bound });
    this.#invalidation = new RedisInvalidation({ client, keys, tags, guards, announcer, bound });
    this.#inspector = new EntryInspector({ client, keys, codec, tags, bound });
    this.#clock = new ServerClock(client);
    this.bus = announcer.bus;
    this.lock = new RedlockRefreshLock({
      clients: lockClients ?? [client],
      resourceOf: (key) => keys.lock(key),
      deadline,
      refusal: (resource) => (lockClients === undefined ? guards.of(resource).refusalOf('lock') : undefined),
    });
  }

  read(key: string, expected: Expected = ANY): Promise<Entry | undefined> {
    return this.#reader.read(key, expected);
  }

  readLiving(key: string, expected: Expected = ANY): Promise<LivingEntry | undefined> {
    return this.#reader.readLiving(key, expected);
  }

  async open(key: string, ticket: string, maxLoad: number, tagging?: Tagging): Promise<Entry | undefined> {
    const reply = await this.#writer.open(key, ticket, maxLoad, tagging);
    this.#clock.answered();
    return this.#reader.complete(key, reply, { ...ANY, tags: tagging?.tags ?? [] });
  }

  fill(key: string, ticket: string, value: SealedValue, terms: FillTerms): Promise<FillResult> {
    return this.#writer.fill(key, ticket, value, terms);
  }

  update(key: string, ticket: string, value: SealedValue, terms: FillTerms): Promise<FillResult> {
    return this.#writer.update(key, ticket, value, terms);
  }

  abandon(key: string, ticket: string): Promise<AbandonResult> {
    return this.#writer.abandon(key, ticket);
  }

  set(key: string, value: SealedValue, terms: FillTerms): Promise<void> {
    return this.#writer.set(key, value, terms);
  }

  invalidate(keys: readonly string[], tags: readonly string[] = []): Promise<void> {
    return this.#invalidation.invalidate(keys, tags);
  }

  clear(): Promise<void> {
    this.#reader.forget();
    return this.#invalidation.clear();
  }

  async inspect(key: string, options: InspectOptions): Promise<TierReport[]> {
    return [await this.#inspector.inspect(key, options)];
  }

  seal(value: unknown): SealedValue {
    const body = this.#codec.serialize(value);
    return { kept: body, copy: () => this.#codec.deserialize(body), bytes: body.length };
  }

  observe(observer: StoreObserver): void {
    this.#observers.add(observer);
  }

  health(): StoreHealth {
    const { state } = this.#guards;
    const { offset } = this.#clock;
    return { ...(state && { breaker: state }), ...(offset === undefined ? {} : { clockOffset: offset }) };
  }

  #guard(options: Pick<ServerGuardsOptions, 'client' | 'failures' | 'deadline'>): ServerGuards {
    return new ServerGuards({
      ...options,
      recover: () => this.#recover(),
      changed: (state, server) => {
        for (const observer of this.#observers) observer.breakerChanged?.(state, server);
      },
    });
  }

  /** Queued invalidations come first: until they are applied, Redis may hold what this process knows to be old. */
  #recover(): Promise<unknown> {
    return Promise.allSettled([...this.#observers].map(async (observer) => observer.recovering?.()));
  }
}
