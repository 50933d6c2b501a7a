import { randomUUID } from 'node:crypto';

import type { Redis } from 'ioredis';

import type { Entry, Lifetime } from '../../entry/entry.js';
import { formatAnnouncement, type BusPosition } from '../../invalidation/bus-message.js';
import type { Invalidated, InvalidationBus } from '../../invalidation/invalidation-bus.js';
import { RedisInvalidationBus } from '../../invalidation/redis-invalidation-bus.js';
import { RedlockRefreshLock } from '../../locks/redlock-refresh-lock.js';
import type { RefreshLock } from '../../locks/refresh-lock.js';
import type {
  AbandonResult,
  FillResult,
  LivingEntry,
  SealedValue,
  SharedStore,
  StaleWindow,
  StoreHealth,
  StoreObserver,
} from '../store.js';
import { EntryCodec } from './entry-codec.js';
import { EntryReader } from './entry-reader.js';
import { databaseOf, isAsleep, mastersOf, type RedisClient } from './redis-client.js';
import { RedisKeys } from './redis-key.js';
import { checkRedisStoreOptions, type RedisStoreOptions } from './redis-store-options.js';
import { FILL, INVALIDATE, OPEN, SET, SET_AND_ANNOUNCE } from './scripts.js';
import { ServerGuards } from './server-guards.js';

/** A client with `stringNumbers` says '1'. */
const ONE = '1';

const SCAN_COUNT = 500;
const KEYS_PER_COMMAND = 500;

/**
 * Keeps entries in Redis, for all processes that use the same server and prefix, and brings the refresh lock. Every
 * command has a deadline, whatever the client's own options say. What is fresh and what has expired is up to Redis' own
 * clock alone: an entry expires with its key, and is stale once its marker has expired.
 */
export class RedisStore implements SharedStore {
  readonly lock: RefreshLock;
  readonly #client: RedisClient;
  readonly #keys: RedisKeys;
  readonly #codec: EntryCodec;
  readonly #guards: ServerGuards;
  readonly #reader: EntryReader;
  readonly #bus: RedisInvalidationBus;
  /** Tells the messages of this store from those of others. */
  readonly #origin = randomUUID();
  readonly #channel: string;
  readonly #observers = new Set<StoreObserver>();

  /** @throws CacheError `ERR_CACHE_OPTION_INVALID`, `ERR_CACHE_DURATION_INVALID` */
  constructor(options: RedisStoreOptions) {
    const { client, prefix, serializer, deadline, failures, lockClients } = checkRedisStoreOptions(options);
    this.#client = client;
    this.#keys = new RedisKeys(prefix);
    this.#channel = this.#keys.channel(databaseOf(client));
    this.#codec = new EntryCodec(serializer);
    this.#guards = new ServerGuards({
      client,
      failures,
      deadline,
      recover: () => this.#recover(),
      changed: (state, server) => {
        for (const observer of this.#observers) observer.breakerChanged?.(state, server);
      },
    });
    this.#reader = new EntryReader({
      client: this.#client,
      keys: this.#keys,
      codec: this.#codec,
      guards: this.#guards,
      unreadable: (key, error) => {
        for (const observer of this.#observers) observer.entryUnreadable?.(key, error);
      },
    });
    this.#bus = new RedisInvalidationBus({
      address: {
        servers: () => (isAsleep(this.#client) ? [] : mastersOf(this.#client)),
        channel: this.#channel,
        sharded: this.#client.isCluster,
      },
      origin: this.#origin,
      position: () => this.#busPosition(),
    });
    this.lock = new RedlockRefreshLock({
      clients: lockClients ?? [client],
      resourceOf: (key) => this.#keys.lock(key),
      deadline,
      refusal: (resource) => (lockClients === undefined ? this.#guards.of(resource).refusalOf('lock') : undefined),
    });
  }

  get bus(): InvalidationBus {
    return this.#bus;
  }

  read(key: string, expected: StaleWindow = 'with stale window'): Promise<Entry | undefined> {
    return this.#reader.read(key, expected);
  }

  readLiving(key: string): Promise<LivingEntry | undefined> {
    return this.#reader.readLiving(key);
  }

  async open(key: string, ticket: string, maxLoad: number): Promise<Entry | undefined> {
    const [payload, marker] = (await this.#bound('open', this.#keys.entry(key), () =>
      OPEN.run(this.#client, this.#keysOf(key), [ticket, maxLoad]),
    )) as readonly [Buffer | null, Buffer | null];
    const entry = this.#reader.toEntry(key, { payload, marker });
    return entry === 'unclear' ? undefined : entry;
  }

  async fill(key: string, ticket: string, value: SealedValue, lifetime: Lifetime): Promise<FillResult> {
    const args = [...this.#encode(value, lifetime), ticket];
    const reply = await this.#bound('fill', this.#keys.entry(key), () =>
      FILL.run(this.#client, this.#keysOf(key), args),
    );
    return String(reply) === ONE ? 'filled' : 'refused';
  }

  async abandon(key: string, ticket: string): Promise<AbandonResult> {
    const name = this.#keys.tickets(key);
    const reply = await this.#bound('abandon', name, () => this.#client.srem(name, ticket));
    return String(reply) === ONE ? 'abandoned' : 'refused';
  }

  async set(key: string, value: SealedValue, lifetime: Lifetime): Promise<void> {
    const args = this.#encode(value, lifetime);
    const keys = this.#keysOf(key);
    await this.#announcing([key], async (announcement) => {
      if (this.#client.isCluster) {
        await this.#bound('set', this.#keys.entry(key), () => SET.runInOrder(this.#client, keys, args));
        await this.#announce('set', [], announcement);
      } else {
        await this.#bound('set', this.#keys.entry(key), () =>
          SET_AND_ANNOUNCE.runInOrder(this.#client, [...keys, this.#keys.bus], [...args, ...announcement]),
        );
      }
    });
  }

  /**
   * One command for every 500 keys. In a Cluster four for each, in one round trip, and then one that announces them: should
   * this process end between these, copies of other processes last until their `l1Ttl` is over. Ends the locks too: the
   * next caller need not wait for a load that may fill nothing.
   */
  async invalidate(keys: readonly string[]): Promise<void> {
    await Promise.all(chunks(keys, KEYS_PER_COMMAND).map((chunk) => this.#invalidateTogether(chunk)));
  }

  /**
   * Removes every key of the prefix, in two passes. The first ends every ticket that was open when it began, unless a fill
   * used it up before the pass came by; what such a fill wrote is there when the second pass begins, which finds it. So no
   * load that began before `clear` leaves its value behind. Takes time in proportion to all keys of the server.
   */
  clear(): Promise<void> {
    return this.#announcing('all', async (announcement) => {
      await this.#sweepAll();
      await this.#announce('clear', [], announcement);
    });
  }

  async #sweepAll(): Promise<void> {
    for (let pass = 1; pass <= 2; pass += 1) {
      const masters = mastersOf(this.#client);
      if (masters.length === 0) throw new Error('the client knows no server yet');
      await Promise.all(masters.map((master) => this.#sweep(master)));
    }
  }

  seal(value: unknown): SealedValue {
    const body = this.#codec.serialize(value);
    return { kept: body, copy: () => this.#codec.deserialize(body) };
  }

  observe(observer: StoreObserver): void {
    this.#observers.add(observer);
  }

  health(): StoreHealth {
    return { breaker: this.#guards.state };
  }

  #invalidateTogether(keys: readonly string[]): Promise<void> {
    const groups = keys.map((key) => [...this.#keysOf(key), this.#keys.lock(key)]);
    return this.#announcing(keys, async (announcement) => {
      if (!this.#client.isCluster) return this.#announce('invalidate', groups.flat(), announcement);
      await Promise.all(keys.map((key) => this.#unlinkOneByOne(key)));
      return this.#announce('invalidate', [], announcement);
    });
  }

  /**
   * While its slot moves to another server, Redis refuses a command about several keys of which it does not have all. So each
   * is removed by itself, the tickets first: a load that may fill after that began after that.
   */
  async #unlinkOneByOne(key: string): Promise<void> {
    const names = [this.#keys.tickets(key), this.#keys.entry(key), this.#keys.marker(key), this.#keys.lock(key)];
    await this.#bound('invalidate', this.#keys.entry(key), () =>
      Promise.all(names.map((name) => this.#client.unlink(name))),
    );
  }

  /**
   * Tells the listeners of this process before and after: what they read meanwhile may be from before it was applied.
   * `apply` gets the arguments for the script that announces it.
   */
  async #announcing(what: Invalidated, apply: (announcement: string[]) => Promise<void>): Promise<void> {
    this.#bus.tellOwn(what);
    try {
      await apply([randomUUID(), formatAnnouncement(this.#origin, what), this.#channel]);
    } finally {
      this.#bus.tellOwn(what);
    }
  }

  /** The reply to a command about the Redis key `name`, in time, from a server that is there. */
  #bound<T>(operation: string, name: string, send: () => Promise<T>): Promise<T> {
    return this.#guards.of(name).deadline.bound(operation, send);
  }

  /** Queued invalidations come first: until they are applied, Redis may hold what this process knows to be old. */
  #recover(): Promise<unknown> {
    return Promise.allSettled([...this.#observers].map(async (observer) => observer.recovering?.()));
  }

  /** Removes `names`, and announces what that means, in one step. */
  async #announce(operation: string, names: readonly string[], announcement: readonly string[]): Promise<void> {
    const keys = [this.#keys.bus, ...names];
    const args = [...announcement, this.#client.isCluster ? 'SPUBLISH' : 'PUBLISH'];
    await this.#bound(operation, this.#keys.bus, () => INVALIDATE.run(this.#client, keys, args));
  }

  async #busPosition(): Promise<BusPosition> {
    if (isAsleep(this.#client)) throw new Error('the client is not connected yet');
    const read = () => this.#client.hmget(this.#keys.bus, 'epoch', 'sequence');
    const [epoch, sequence] = await this.#bound('bus', this.#keys.bus, read);
    return { epoch: epoch ?? '', sequence: Number(sequence ?? 0) };
  }

  #keysOf(key: string): string[] {
    return [this.#keys.entry(key), this.#keys.marker(key), this.#keys.tickets(key)];
  }

  #encode({ kept }: SealedValue, lifetime: Lifetime): (Buffer | number)[] {
    const { ttl, staleWhileRevalidate } = lifetime;
    const payload = this.#codec.encode(kept as Buffer, lifetime);
    return [payload, ttl + staleWhileRevalidate, staleWhileRevalidate === 0 ? 0 : ttl];
  }

  async #sweep(master: Redis): Promise<void> {
    const { deadline } = this.#guards.ofServer(master);
    let cursor = '0';
    do {
      const scan = () => master.scan(cursor, 'MATCH', this.#keys.everything(), 'COUNT', SCAN_COUNT);
      const [next, found] = await deadline.bound('clear', scan);
      const unlinks = () => master.pipeline(found.map((name) => ['unlink', name])).exec();
      for (const [error] of (await deadline.bound('clear', unlinks)) ?? []) {
        if (error !== null) throw error;
      }
      cursor = next;
    } while (cursor !== '0');
  }
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, n) => items.slice(n * size, (n + 1) * size));
}
