import type { Redis } from 'ioredis';

import type { Entry, Lifetime } from '../../entry/entry.js';
import { invalidOption } from '../../errors.js';
import { RedlockRefreshLock } from '../../locks/redlock-refresh-lock.js';
import type { RefreshLock } from '../../locks/refresh-lock.js';
import { FaithfulSerializer } from '../../serializers/faithful-serializer.js';
import type { Serializer } from '../../serializers/serializer.js';
import { toMilliseconds, type Duration } from '../../time/duration.js';
import type { AbandonResult, FillResult, SealedValue, StaleWindow, Store, StoreObserver } from '../store.js';
import { BatchedReads, type Reply } from './batched-reads.js';
import { Deadline } from './deadline.js';
import { EntryCodec, type Payload } from './entry-codec.js';
import { checkClient, mastersOf, type RedisClient } from './redis-client.js';
import { RedisKeys } from './redis-key.js';
import { FILL, OPEN, SET } from './scripts.js';

export interface RedisStoreOptions {
  /** A client of ioredis (`Redis` or `Cluster`); it stays yours: the store never closes it. */
  readonly client: RedisClient;
  /** Begins every Redis key: letters, digits and `._:/-`, at most 64. Default `'freshkeep'`. */
  readonly prefix?: string;
  /** Default: {@link FaithfulSerializer}. */
  readonly serializer?: Serializer;
  /** How long a command may take before the call goes on without it. Default `'500ms'`. */
  readonly deadline?: Duration;
  /** Independent masters for the refresh lock (the Redlock algorithm). Default: `client` itself. */
  readonly lockClients?: readonly RedisClient[];
}

/** A client with `stringNumbers` says '1'. */
const ONE = '1';

const SCAN_COUNT = 500;
const KEYS_PER_COMMAND = 500;
/** Redis answers nobody else while it gathers the values of one command. */
const READS_PER_COMMAND = 100;

/**
 * Keeps entries in Redis, for all processes that use the same server and prefix, and brings the refresh lock. Every
 * command has a deadline, whatever the client's own options say. What is fresh and what has expired is up to Redis' own
 * clock alone: an entry expires with its key, and is stale once its marker has expired.
 */
export class RedisStore implements Store {
  readonly lock: RefreshLock;
  readonly #client: RedisClient;
  readonly #keys: RedisKeys;
  readonly #codec: EntryCodec;
  readonly #deadline: Deadline;
  readonly #reads: BatchedReads<Payload>;
  readonly #observers = new Set<StoreObserver>();

  /** @throws CacheError `ERR_CACHE_OPTION_INVALID`, `ERR_CACHE_DURATION_INVALID` */
  constructor(options: RedisStoreOptions) {
    const {
      client,
      prefix = 'freshkeep',
      serializer = new FaithfulSerializer(),
      deadline = '500ms',
      lockClients,
    } = options;
    this.#client = checkClient('client', client);
    this.#keys = new RedisKeys(checkPrefix(prefix));
    this.#codec = new EntryCodec(checkSerializer(serializer));
    const milliseconds = toMilliseconds('deadline', deadline, { zero: false });
    this.#deadline = new Deadline(milliseconds);
    this.#reads = new BatchedReads<Payload>({
      entry: (key) => this.#keys.entry(key),
      marker: (key) => this.#keys.marker(key),
      ask: (names, answer, fail) => {
        const only = names.length === 1 ? names[0] : undefined;
        if (only !== undefined) this.#askForOne(only, answer, fail);
        else this.#deadline.settle('read', () => this.#askForAll(names), answer, fail);
      },
      largest: this.#client.isCluster ? 1 : READS_PER_COMMAND,
    });
    this.lock = new RedlockRefreshLock({
      clients: lockClients === undefined ? [this.#client] : checkLockClients(lockClients),
      resourceOf: (key) => this.#keys.lock(key),
      deadline: milliseconds,
    });
  }

  /** An entry without a stale window needs no marker: where such a one is expected, the entry alone is asked for. */
  read(key: string, expected: StaleWindow = 'with stale window'): Promise<Entry | undefined> {
    return new Promise((resolve, fail) => {
      const answer = (reply: Reply<Payload>) => {
        const entry = this.#toEntry(key, reply);
        resolve(entry === 'unclear' ? this.read(key, 'with stale window') : entry);
      };
      this.#reads.read(key, expected, { answer, fail });
    });
  }

  async open(key: string, ticket: string, maxLoad: number): Promise<Entry | undefined> {
    const [payload, marker] = (await this.#deadline.bound('open', () =>
      OPEN.run(this.#client, this.#keysOf(key), [ticket, maxLoad]),
    )) as readonly [Buffer | null, Buffer | null];
    const entry = this.#toEntry(key, { payload, marker });
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
    await this.#deadline.bound('set', () => SET.runInOrder(this.#client, this.#keysOf(key), args));
  }

  /**
   * One command for every 500 keys; in a Cluster one for each, as one command cannot reach two slots. Ends the locks too:
   * the next caller need not wait for a load that may fill nothing.
   */
  async invalidate(keys: readonly string[]): Promise<void> {
    const groups = keys.map((key) => [...this.#keysOf(key), this.#keys.lock(key)]);
    const commands = this.#client.isCluster ? groups : chunks(groups, KEYS_PER_COMMAND).map((chunk) => chunk.flat());
    await Promise.all(commands.map((names) => this.#deadline.bound('invalidate', () => this.#client.unlink(...names))));
  }

  /**
   * Removes every key of the prefix, in two passes. The first ends every ticket that was open when it began, unless a fill
   * used it up before the pass came by; what such a fill wrote is there when the second pass begins, which finds it. So no
   * load that began before `clear` leaves its value behind. Takes time in proportion to all keys of the server.
   */
  async clear(): Promise<void> {
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

  /** As `MGET` answers, but quicker: a key of another type is none, and the next fill replaces it. */
  #askForOne(name: string, answer: (values: (Payload | null)[]) => void, fail: (error: unknown) => void): void {
    const send = (): Promise<Payload | null> =>
      this.#codec.readsText ? this.#client.get(name) : this.#client.getBuffer(name);
    this.#deadline.settle(
      'read',
      send,
      (payload) => {
        answer([payload]);
      },
      (error) => {
        if (isOfWrongType(error)) answer([null]);
        else fail(error);
      },
    );
  }

  #askForAll(names: string[]): Promise<(Payload | null)[]> {
    return this.#codec.readsText ? this.#client.mget(...names) : this.#client.mgetBuffer(...names);
  }

  /** `unclear`: an entry with a stale window, whose marker was not asked for. */
  #toEntry(key: string, { payload, marker }: Reply<Payload>): Entry | undefined | 'unclear' {
    if (payload === null) return undefined;
    try {
      const { staleWhileRevalidate, body } = this.#codec.decode(payload);
      if (staleWhileRevalidate === 0) return new RedisEntry(this.#codec, body, true);
      return marker === undefined ? 'unclear' : new RedisEntry(this.#codec, body, marker !== null);
    } catch (error) {
      for (const observer of this.#observers) observer.entryUnreadable(key, error);
      return undefined;
    }
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

/** An entry as it was when Redis answered. */
class RedisEntry implements Entry {
  readonly value: unknown;
  readonly staleAt: number;
  readonly expiresAt = Infinity;
  readonly #codec: EntryCodec;
  readonly #body: Payload;

  /** @throws CacheError `ERR_CACHE_ENTRY_UNREADABLE` */
  constructor(codec: EntryCodec, body: Payload, fresh: boolean) {
    this.value = codec.deserialize(body);
    this.staleAt = fresh ? Infinity : -Infinity;
    this.#codec = codec;
    this.#body = body;
  }

  copy(): unknown {
    return this.#codec.deserialize(this.#body);
  }
}

function isOfWrongType(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('WRONGTYPE');
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, n) => items.slice(n * size, (n + 1) * size));
}

function checkPrefix(prefix: unknown): string {
  if (typeof prefix === 'string' && /^[\w.:/-]{1,64}$/.test(prefix)) return prefix;
  throw invalidOption('prefix', '1 to 64 letters, digits or any of ._:/-', prefix);
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
