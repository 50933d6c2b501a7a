import { randomUUID } from 'node:crypto';

import { lifeOf, type Entry, type Lifetime } from '../../entry/entry.js';
import type { TierReport } from '../../entry/tier-report.js';
import { formatAnnouncement, type BusPosition } from '../../invalidation/bus-message.js';
import type { Invalidated, InvalidatedNames, InvalidationBus } from '../../invalidation/invalidation-bus.js';
import { RedisInvalidationBus } from '../../invalidation/redis-invalidation-bus.js';
import { RedlockRefreshLock } from '../../locks/redlock-refresh-lock.js';
import type { RefreshLock } from '../../locks/refresh-lock.js';
import type {
  AbandonResult,
  Expected,
  FillResult,
  InspectOptions,
  LivingEntry,
  SealedValue,
  SharedStore,
  StoreHealth,
  StoreObserver,
  Tagging,
} from '../store.js';
import { Compression, type StoredBody } from './compression.js';
import { EntryCodec } from './entry-codec.js';
import type { TagVersions } from './entry-notes.js';
import { EntryInspector } from './entry-inspector.js';
import { EntryReader } from './entry-reader.js';
import { databaseOf, isAsleep, mastersOf, type RedisClient } from './redis-client.js';
import { NO_VERSIONS } from './read-replies.js';
import { RedisKeys } from './redis-key.js';
import { checkRedisStoreOptions, type RedisStoreOptions } from './redis-store-options.js';
import { LONGEST_TAGGED_LIFE, newEpoch, newNonce, RedisTags, TAG_LIFE } from './redis-tags.js';
import { FILL, FILL_AND_ANNOUNCE, INVALIDATE, OPEN, SET, SET_AND_ANNOUNCE } from './scripts.js';
import { ServerGuards } from './server-guards.js';
import { sweep } from './sweep.js';
import { TagTickets } from './tag-tickets.js';

/** A client with `stringNumbers` says '1'. */
const ONE = '1';

const NAMES_PER_COMMAND = 500;

/** Of one who expects nothing. */
const ANY: Expected = { staleWindow: 'with stale window', tags: [] };

const NONE: TagVersions = new Map();

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
  readonly #compression: Compression;
  readonly #guards: ServerGuards;
  readonly #tags: RedisTags;
  readonly #tagTickets: TagTickets;
  readonly #reader: EntryReader;
  readonly #inspector: EntryInspector;
  readonly #bus: RedisInvalidationBus;
  /** Tells the messages of this store from those of others. */
  readonly #origin = randomUUID();
  readonly #channel: string;
  readonly #observers = new Set<StoreObserver>();

  /** @throws CacheError `ERR_CACHE_OPTION_INVALID`, `ERR_CACHE_DURATION_INVALID` */
  constructor(options: RedisStoreOptions) {
    const { client, prefix, serializer, compressAbove, deadline, failures, lockClients } =
      checkRedisStoreOptions(options);
    this.#client = client;
    this.#keys = new RedisKeys(prefix);
    this.#channel = this.#keys.channel(databaseOf(client));
    this.#codec = new EntryCodec(serializer);
    this.#compression = new Compression(compressAbove);
    this.#guards = new ServerGuards({
      client,
      failures,
      deadline,
      recover: () => this.#recover(),
      changed: (state, server) => {
        for (const observer of this.#observers) observer.breakerChanged?.(state, server);
      },
    });
    this.#tags = new RedisTags({ client, keys: this.#keys, bound: this.#bound.bind(this) });
    this.#tagTickets = new TagTickets(this.#tags);
    this.#reader = new EntryReader({
      client: this.#client,
      keys: this.#keys,
      codec: this.#codec,
      guards: this.#guards,
      tags: this.#tags,
      unreadable: (key, error) => {
        for (const observer of this.#observers) observer.entryUnreadable?.(key, error);
      },
    });
    this.#inspector = new EntryInspector({
      client,
      keys: this.#keys,
      codec: this.#codec,
      tags: this.#tags,
      bound: this.#bound.bind(this),
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

  read(key: string, expected: Expected = ANY): Promise<Entry | undefined> {
    return this.#reader.read(key, expected);
  }

  readLiving(key: string, expected: Expected = ANY): Promise<LivingEntry | undefined> {
    return this.#reader.readLiving(key, expected);
  }

  async open(key: string, ticket: string, maxLoad: number, tagging?: Tagging): Promise<Entry | undefined> {
    const opening = this.#bound('open', this.#keys.entry(key), () =>
      OPEN.run(this.#client, this.#keysOf(key), [ticket, maxLoad]),
    );
    const [opened, seen] = await Promise.all([opening, tagging && this.#tags.see(tagging.tags)]);
    if (seen !== undefined) this.#tagTickets.open(ticket, seen);
    const [payload, marker] = opened as readonly [Buffer | null, Buffer | null];
    const reply = { payload, marker, versions: seen?.versions ?? NO_VERSIONS };
    return this.#reader.complete(key, reply, { ...ANY, tags: tagging?.tags ?? [] });
  }

  async fill(
    key: string,
    ticket: string,
    value: SealedValue,
    lifetime: Lifetime,
    tags: readonly string[] = [],
  ): Promise<FillResult> {
    const versions = await this.#redeem(key, ticket, tags);
    if (versions === undefined) return 'refused';
    const names = [...this.#keysOf(key), ...this.#tagNamesBesides(versions)];
    const body = await this.#compression.inBackground(value.kept as Buffer);
    const args = [...this.#encode(body, lifetime, versions), ticket, ...this.#versionsBesides(versions)];
    const reply = await this.#bound('fill', this.#keys.entry(key), () => FILL.run(this.#client, names, args));
    return String(reply) === ONE && (await this.#areCurrent(versions)) ? 'filled' : 'refused';
  }

  /** In a Cluster the announcement is a command of its own, as with an invalidation. */
  async update(
    key: string,
    ticket: string,
    value: SealedValue,
    lifetime: Lifetime,
    tags: readonly string[] = [],
  ): Promise<FillResult> {
    let result: FillResult = 'refused';
    await this.#announcing({ keys: [key], tags: [] }, async (announcement) => {
      if (this.#client.isCluster) {
        result = await this.fill(key, ticket, value, lifetime, tags);
        if (result === 'filled') await this.#announce('fill', [], announcement);
        return;
      }
      const versions = await this.#redeem(key, ticket, tags);
      if (versions === undefined) return;
      const names = [...this.#keysOf(key), this.#keys.bus, ...this.#tagNamesBesides(versions)];
      const body = await this.#compression.inBackground(value.kept as Buffer);
      const args = [...this.#encode(body, lifetime, versions), ticket, ...announcement, ...versions.values()];
      const reply = await this.#bound('fill', this.#keys.entry(key), () =>
        FILL_AND_ANNOUNCE.run(this.#client, names, args),
      );
      if (String(reply) === ONE) result = 'filled';
    });
    return result;
  }

  async abandon(key: string, ticket: string): Promise<AbandonResult> {
    const seen = this.#tagTickets.end(ticket);
    const name = this.#keys.tickets(key);
    const ending = this.#bound('abandon', name, () => this.#client.srem(name, ticket));
    const [reply, current] = await Promise.all([ending, this.#tags.areCurrent(seen?.versions ?? NONE)]);
    return String(reply) === ONE && current ? 'abandoned' : 'refused';
  }

  async set(key: string, value: SealedValue, lifetime: Lifetime, tags: readonly string[] = []): Promise<void> {
    const versions = tags.length === 0 ? NONE : (await this.#tags.see(tags)).versions;
    const args = this.#encode(this.#compression.now(value.kept as Buffer), lifetime, versions);
    const keys = this.#keysOf(key);
    await this.#announcing({ keys: [key], tags: [] }, async (announcement) => {
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
   * One command for every 500 keys, or tags. In a Cluster four for each key, in two round trips, as for tags, and then one that
   * announces them: should this process end between these, copies of other processes last until their
   * `l1Ttl` is over. Ends the locks of keys too: the next caller need not wait for a load that may fill nothing.
   */
  async invalidate(keys: readonly string[], tags: readonly string[] = []): Promise<void> {
    await Promise.all(chunksOf(keys, tags).map((names) => this.#invalidateTogether(names)));
  }

  /**
   * Removes every key of the prefix, in two passes. The first ends every ticket that was open when it began, unless a fill
   * used it up before the pass came by; what such a fill wrote is there when the second pass begins, which finds it. So no
   * load that began before `clear` leaves its value behind. Takes time in proportion to all keys of the server.
   */
  clear(): Promise<void> {
    return this.#announcing('all', async (announcement) => {
      const sweeping = { client: this.#client, guards: this.#guards, names: this.#keys.everything() };
      for (let pass = 1; pass <= 2; pass += 1) await sweep(sweeping);
      await this.#announce('clear', [], announcement);
    });
  }

  seal(value: unknown): SealedValue {
    const body = this.#codec.serialize(value);
    return { kept: body, copy: () => this.#codec.deserialize(body) };
  }

  observe(observer: StoreObserver): void {
    this.#observers.add(observer);
  }

  health(): StoreHealth {
    const { state } = this.#guards;
    return state === undefined ? {} : { breaker: state };
  }

  async inspect(key: string, options: InspectOptions): Promise<TierReport[]> {
    return [await this.#inspector.inspect(key, options)];
  }

  #invalidateTogether({ keys, tags }: InvalidatedNames): Promise<void> {
    const groups = keys.map((key) => [...this.#keysOf(key), this.#keys.lock(key)]);
    return this.#announcing({ keys, tags }, async (announcement) => {
      if (!this.#client.isCluster) {
        const names = [...tags.map((tag) => this.#keys.tag(tag)), ...groups.flat()];
        return this.#announce('invalidate', names, announcement, tags.length);
      }
      const renewed = tags.length > 0 ? this.#tags.renew(tags) : undefined;
      await Promise.all([renewed, ...keys.map((key) => this.#unlinkOneByOne(key))]);
      return this.#announce('invalidate', [], announcement);
    });
  }

  /**
   * While its slot moves to another server, Redis refuses a command about several keys of which it does not have all. So each
   * is removed by itself, and the tickets before the others are even asked for, as they may have to go by a detour: a load
   * that may fill after that began after that.
   */
  async #unlinkOneByOne(key: string): Promise<void> {
    const others = [this.#keys.entry(key), this.#keys.marker(key), this.#keys.lock(key)];
    await this.#bound('invalidate', this.#keys.entry(key), async () => {
      await this.#client.unlink(this.#keys.tickets(key));
      await Promise.all(others.map((name) => this.#client.unlink(name)));
    });
  }

  /**
   * Tells the listeners of this process before and after: what they read meanwhile may be from before it was applied.
   * `apply` gets the arguments for the script that announces it.
   */
  async #announcing(what: Invalidated, apply: (announcement: string[]) => Promise<void>): Promise<void> {
    this.#bus.tellOwn(what);
    try {
      await apply([newEpoch(), formatAnnouncement(this.#origin, what), this.#channel]);
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

  /** Removes `names`, of which the first are as many `tags` to be renewed, and announces what that means, in one step. */
  async #announce(
    operation: string,
    names: readonly string[],
    announcement: readonly string[],
    tags = 0,
  ): Promise<void> {
    const keys = [this.#keys.bus, ...names];
    const renewal = tags === 0 ? [] : [tags, newNonce(), TAG_LIFE];
    const args = [...announcement, this.#client.isCluster ? 'SPUBLISH' : 'PUBLISH', ...renewal];
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

  /** The versions of the tags for an entry that fills under this ticket; `undefined` where it must not, and has ended. */
  async #redeem(key: string, ticket: string, tags: readonly string[]): Promise<TagVersions | undefined> {
    const versions = await this.#tagTickets.redeem(ticket, tags);
    if (versions !== undefined && (await this.#areCurrent(versions))) return versions;
    await this.abandon(key, ticket);
    return undefined;
  }

  /** The tags that a script which writes an entry has to check, and their versions: none in a Cluster. */
  #tagNamesBesides(versions: TagVersions): string[] {
    return this.#client.isCluster ? [] : [...versions.keys()].map((tag) => this.#keys.tag(tag));
  }

  #versionsBesides(versions: TagVersions): string[] {
    return this.#client.isCluster ? [] : [...versions.values()];
  }

  /**
   * In a Cluster no script reaches all tags. So they are looked at before a fill, which must not end the tickets of others in
   * vain, and after it: what was filled meanwhile with an old version is no entry, and its callers must know.
   */
  async #areCurrent(versions: TagVersions): Promise<boolean> {
    return !this.#client.isCluster || this.#tags.areCurrent(versions);
  }

  #encode(body: StoredBody, given: Lifetime, versions: TagVersions): (Buffer | number)[] {
    const lifetime = versions.size === 0 ? given : withinTagLife(given);
    const payload = this.#codec.encode(body, lifetime, versions);
    const life = lifeOf(lifetime);
    return [payload, life, life === lifetime.ttl ? 0 : lifetime.ttl];
  }
}

function withinTagLife({ ttl, staleWhileRevalidate, staleIfError }: Lifetime): Lifetime {
  const shorter = Math.min(ttl, LONGEST_TAGGED_LIFE);
  const left = LONGEST_TAGGED_LIFE - shorter;
  const stale = Math.min(staleWhileRevalidate, left);
  const lastResort = Math.min(staleIfError ?? 0, left);
  return { ttl: shorter, staleWhileRevalidate: stale, ...(lastResort > stale ? { staleIfError: lastResort } : {}) };
}

function chunksOf(keys: readonly string[], tags: readonly string[]): InvalidatedNames[] {
  const [ofKeys, ofTags] = [chunks(keys, NAMES_PER_COMMAND), chunks(tags, NAMES_PER_COMMAND)];
  const length = Math.max(ofKeys.length, ofTags.length);
  return Array.from({ length }, (_, n) => ({ keys: ofKeys[n] ?? [], tags: ofTags[n] ?? [] }));
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, n) => items.slice(n * size, (n + 1) * size));
}
