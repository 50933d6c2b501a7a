import { randomUUID } from 'node:crypto';

import type { Redis } from 'ioredis';

import type { Entry, Lifetime } from '../../entry/entry.js';
import { CacheError, checkObject, invalidOption } from '../../errors.js';
import { formatAnnouncement, type BusPosition } from '../../invalidation/bus-message.js';
import type { Invalidated, InvalidationBus } from '../../invalidation/invalidation-bus.js';
import { RedisInvalidationBus } from '../../invalidation/redis-invalidation-bus.js';
import { RedlockRefreshLock } from '../../locks/redlock-refresh-lock.js';
import type { RefreshLock } from '../../locks/refresh-lock.js';
import { FaithfulSerializer } from '../../serializers/faithful-serializer.js';
import type { Serializer } from '../../serializers/serializer.js';
import { toMilliseconds, type Duration } from '../../time/duration.js';
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
import { CircuitBreaker } from './circuit-breaker.js';
import { Deadline } from './deadline.js';
import { EntryCodec } from './entry-codec.js';
import { EntryReader } from './entry-reader.js';
import { checkClient, databaseOf, isAsleep, mastersOf, pingAll, type RedisClient } from './redis-client.js';
import { RedisKeys } from './redis-key.js';
import { FILL, INVALIDATE, OPEN, SET, SET_AND_ANNOUNCE } from './scripts.js';

export interface RedisStoreOptions {
  /** A client of ioredis (`Redis` or `Cluster`); it stays yours: the store never closes it. */
  readonly client: RedisClient;
  /** Begins every Redis key: letters, digits and `._:/-`, at most 64. Default `'freshkeep'`. */
  readonly prefix?: string;
  /** Default: {@link FaithfulSerializer}. */
  readonly serializer?: Serializer;
  /** How long a command may take before the call goes on without it. Default `'500ms'`. */
  readonly deadline?: Duration;
  /**
   * When to stop sending commands to a server that does not answer, and wait for it instead: after so many in a row that
   * were not answered within the deadline, or whose connection failed. `false`: never. Default `{ failures: 3 }`.
   */
  readonly breaker?: BreakerOptions | false;
  /** Independent masters for the refresh lock (the Redlock algorithm). Default: `client` itself. */
  readonly lockClients?: readonly RedisClient[];
}

export interface BreakerOptions {
  readonly failures?: number;
}

const FAILURES = 3;

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
  readonly #breaker: CircuitBreaker;
  readonly #deadline: Deadline;
  readonly #reader: EntryReader;
  readonly #bus: RedisInvalidationBus;
  /** Tells the messages of this store from those of others. */
  readonly #origin = randomUUID();
  readonly #channel: string;
  readonly #observers = new Set<StoreObserver>();

  /** @throws CacheError `ERR_CACHE_OPTION_INVALID`, `ERR_CACHE_DURATION_INVALID` */
  constructor(options: RedisStoreOptions) {
    const {
      client,
      prefix = 'freshkeep',
      serializer = new FaithfulSerializer(),
      deadline = '500ms',
      breaker = {},
      lockClients,
    } = checkObject('options', options);
    this.#client = checkClient('client', client);
    this.#keys = new RedisKeys(checkPrefix(prefix));
    this.#channel = this.#keys.channel(databaseOf(this.#client));
    this.#codec = new EntryCodec(checkSerializer(serializer));
    const milliseconds = toMilliseconds('deadline', deadline, { zero: false });
    this.#breaker = new CircuitBreaker({
      failures: checkBreaker(breaker),
      deadline: milliseconds,
      probe: () => pingAll(this.#client),
      recover: () => this.#recover(),
      changed: (state) => {
        for (const observer of this.#observers) observer.breakerChanged?.(state);
      },
    });
    this.#deadline = new Deadline(milliseconds, {
      refusal: (operation) => this.#refusalOf(operation),
      answered: () => {
        this.#breaker.answered();
      },
      failed: () => {
        this.#breaker.failed();
      },
    });
    this.#reader = new EntryReader({
      client: this.#client,
      keys: this.#keys,
      codec: this.#codec,
      deadline: this.#deadline,
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
      clients: lockClients === undefined ? [this.#client] : checkLockClients(lockClients),
      resourceOf: (key) => this.#keys.lock(key),
      deadline: milliseconds,
      refusal: lockClients === undefined ? () => this.#refusalOf('lock') : () => undefined,
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
    const [payload, marker] = (await this.#deadline.bound('open', () =>
      OPEN.run(this.#client, this.#keysOf(key), [ticket, maxLoad]),
    )) as readonly [Buffer | null, Buffer | null];
    const entry = this.#reader.toEntry(key, { payload, marker });
    return entry === 'unclear' ? undefined : entry;
  }

  async fill(key: string, ticket: string, value: SealedValue, lifetime: Lifetime): Promise<FillResult> {
    const args = [...this.#encode(value, lifetime), ticket];
    const reply = await this.#deadline.bound('fill', () => FILL.run(this.#client, this.#keysOf(key), args));
    return String(reply) === ONE ? 'filled' : 'refused';
  }

  async abandon(key: string, ticket: string): Promise<AbandonResult> {
    const reply = await this.#deadline.bound('abandon', () => this.#client.srem(this.#keys.tickets(key), ticket));
    return String(reply) === ONE ? 'abandoned' : 'refused';
  }

  async set(key: string, value: SealedValue, lifetime: Lifetime): Promise<void> {
    const args = this.#encode(value, lifetime);
    const keys = this.#keysOf(key);
    await this.#announcing([key], async (announcement) => {
      if (this.#client.isCluster) {
        await this.#deadline.bound('set', () => SET.runInOrder(this.#client, keys, args));
        await this.#announce('set', [], announcement);
      } else {
        await this.#deadline.bound('set', () =>
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
    return { breaker: this.#breaker.state };
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
    await this.#deadline.bound('invalidate', () => Promise.all(names.map((name) => this.#client.unlink(name))));
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

  #refusalOf(operation: string): CacheError | undefined {
    if (this.#breaker.admits(operation)) return undefined;
    const message = `Expected Redis to be available for \`${operation}\`: it did not answer, and has not yet again`;
    return new CacheError('ERR_CACHE_STORE_UNAVAILABLE', message);
  }

  /** Queued invalidations come first: until they are applied, Redis may hold what this process knows to be old. */
  #recover(): Promise<unknown> {
    return Promise.allSettled([...this.#observers].map(async (observer) => observer.recovering?.()));
  }

  /** Removes `names`, and announces what that means, in one step. */
  async #announce(operation: string, names: readonly string[], announcement: readonly string[]): Promise<void> {
    const keys = [this.#keys.bus, ...names];
    const args = [...announcement, this.#client.isCluster ? 'SPUBLISH' : 'PUBLISH'];
    await this.#deadline.bound(operation, () => INVALIDATE.run(this.#client, keys, args));
  }

  async #busPosition(): Promise<BusPosition> {
    if (isAsleep(this.#client)) throw new Error('the client is not connected yet');
    const read = () => this.#client.hmget(this.#keys.bus, 'epoch', 'sequence');
    const [epoch, sequence] = await this.#deadline.bound('bus', read);
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
    let cursor = '0';
    do {
      const scan = () => master.scan(cursor, 'MATCH', this.#keys.everything(), 'COUNT', SCAN_COUNT);
      const [next, found] = await this.#deadline.bound('clear', scan);
      const unlinks = () => master.pipeline(found.map((name) => ['unlink', name])).exec();
      for (const [error] of (await this.#deadline.bound('clear', unlinks)) ?? []) {
        if (error !== null) throw error;
      }
      cursor = next;
    } while (cursor !== '0');
  }
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, n) => items.slice(n * size, (n + 1) * size));
}

function checkPrefix(prefix: unknown): string {
  if (typeof prefix === 'string' && /^[\w.:/-]{1,64}$/.test(prefix)) return prefix;
  throw invalidOption('prefix', '1 to 64 letters, digits or any of ._:/-', prefix);
}

/** After how many failures in a row the breaker opens. */
function checkBreaker(breaker: unknown): number {
  if (breaker === false) return Infinity;
  const { failures = FAILURES } = (breaker ?? {}) as BreakerOptions;
  if (typeof breaker === 'object' && breaker !== null && Number.isSafeInteger(failures) && failures > 0)
    return failures;
  throw invalidOption(
    'breaker',
    'false, or an object with `failures`, a whole number of at least 1',
    typeof breaker === 'object' ? failures : breaker,
  );
}

function checkSerializer(serializer: unknown): Serializer {
  const { id, serialize, deserialize, deserializeText } = (serializer ?? {}) as Partial<Serializer>;
  const named = typeof id === 'string' && /^[\w.-]{1,16}$/.test(id);
  const readsText = deserializeText === undefined || typeof (deserializeText as unknown) === 'function';
  if (named && readsText && typeof serialize === 'function' && typeof deserialize === 'function') {
    return serializer as Serializer;
  }
  throw invalidOption(
    'serializer',
    'an object with `id` (1 to 16 letters, digits or ._-), `serialize` and `deserialize`',
    serializer,
  );
}

function checkLockClients(clients: unknown): readonly RedisClient[] {
  if (!Array.isArray(clients) || clients.length === 0)
    throw invalidOption('lockClients', 'a list of at least one client', clients);
  return clients.map((client, index) => checkClient(`lockClients[${index}]`, client));
}
