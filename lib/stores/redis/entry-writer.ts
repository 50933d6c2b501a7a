import { lifeOf, type Lifetime } from '../../entry/entry.js';
import type { AbandonResult, FillResult, FillTerms, SealedValue, Tagging } from '../store.js';
import type { Announcement, Announcer } from './announcer.js';
import type { Compression, StoredBody } from './compression.js';
import type { EntryCodec, Payload } from './entry-codec.js';
import type { TagVersions } from './entry-notes.js';
import { NO_VERSIONS, type Reply } from './read-replies.js';
import type { RedisClient } from './redis-client.js';
import type { RedisKeys } from './redis-key.js';
import { LONGEST_TAGGED_LIFE, type BoundCommand, type RedisTags } from './redis-tags.js';
import { FILL, FILL_AND_ANNOUNCE, OPEN, SET, SET_AND_ANNOUNCE } from './scripts.js';
import { TagTickets } from './tag-tickets.js';

export interface EntryWriterOptions {
  readonly client: RedisClient;
  readonly keys: RedisKeys;
  readonly codec: EntryCodec;
  readonly compression: Compression;
  readonly tags: RedisTags;
  readonly announcer: Announcer;
  readonly bound: BoundCommand;
}

/** A client with `stringNumbers` says '1'. */
const ONE = '1';

const NONE: TagVersions = new Map();

/** Opens tickets, and writes entries. In a Cluster an announcement is a command of its own. */
export class EntryWriter {
  readonly #options: EntryWriterOptions;
  readonly #tagTickets: TagTickets;

  constructor(options: EntryWriterOptions) {
    this.#options = options;
    this.#tagTickets = new TagTickets(options.tags);
  }

  /** What a read would have found. */
  async open(key: string, ticket: string, maxLoad: number, tagging?: Tagging): Promise<Reply> {
    const { client, keys, tags, bound } = this.#options;
    const opening = bound('open', keys.entry(key), () => OPEN.run(client, keys.written(key), [ticket, maxLoad]));
    const [opened, seen] = await Promise.all([opening, tagging && tags.see(tagging.tags)]);
    if (seen !== undefined) this.#tagTickets.open(ticket, seen);
    const [payload, marker] = opened as readonly [Payload | null, Payload | null];
    return { payload, marker, versions: seen?.versions ?? NO_VERSIONS };
  }

  async fill(
    key: string,
    ticket: string,
    value: SealedValue,
    { lifetime, tags = [] }: FillTerms,
    announcement?: Announcement,
  ): Promise<FillResult> {
    const { client, keys, compression, bound } = this.#options;
    const versions = await this.#redeem(key, ticket, tags);
    if (versions === undefined) return 'refused';
    const body = await compression.inBackground(value.kept as Buffer);
    const checked = client.isCluster ? NONE : versions;
    const script = announcement === undefined ? FILL : FILL_AND_ANNOUNCE;
    const bus = announcement === undefined ? [] : [keys.bus];
    const names = [...keys.written(key), ...bus, ...[...checked.keys()].map((tag) => keys.tag(tag))];
    const args = [...this.#encode(body, lifetime, versions), ticket, ...(announcement ?? []), ...checked.values()];
    const reply = await bound('fill', keys.entry(key), () => script.run(client, names, args));
    return String(reply) === ONE && (await this.#areCurrent(versions)) ? 'filled' : 'refused';
  }

  async update(key: string, ticket: string, value: SealedValue, terms: FillTerms): Promise<FillResult> {
    const { client, announcer } = this.#options;
    let result: FillResult = 'refused';
    await announcer.announcing({ keys: [key], tags: [] }, async (announcement) => {
      result = await this.fill(key, ticket, value, terms, client.isCluster ? undefined : announcement);
      if (result === 'filled' && client.isCluster) await announcer.announce('fill', announcement);
    });
    return result;
  }

  async abandon(key: string, ticket: string): Promise<AbandonResult> {
    const { client, keys, tags, bound } = this.#options;
    const seen = this.#tagTickets.end(ticket);
    const name = keys.tickets(key);
    const ending = bound('abandon', name, () => client.srem(name, ticket));
    const [reply, current] = await Promise.all([ending, tags.areCurrent(seen?.versions ?? NONE)]);
    return String(reply) === ONE && current ? 'abandoned' : 'refused';
  }

  async set(key: string, value: SealedValue, { lifetime, tags = [] }: FillTerms): Promise<void> {
    const { client, keys, compression, announcer, bound } = this.#options;
    const versions = tags.length === 0 ? NONE : (await this.#options.tags.see(tags)).versions;
    const args = this.#encode(compression.now(value.kept as Buffer), lifetime, versions);
    const names = keys.written(key);
    await announcer.announcing({ keys: [key], tags: [] }, async (announcement) => {
      if (client.isCluster) {
        await bound('set', keys.entry(key), () => SET.runInOrder(client, names, args));
        await announcer.announce('set', announcement);
      } else {
        await bound('set', keys.entry(key), () =>
          SET_AND_ANNOUNCE.runInOrder(client, [...names, keys.bus], [...args, ...announcement]),
        );
      }
    });
  }

  /** The versions of the tags for an entry that fills under this ticket; `undefined` where it must not, and has ended. */
  async #redeem(key: string, ticket: string, tags: readonly string[]): Promise<TagVersions | undefined> {
    const versions = await this.#tagTickets.redeem(ticket, tags);
    if (versions !== undefined && (await this.#areCurrent(versions))) return versions;
    await this.abandon(key, ticket);
    return undefined;
  }

  /**
   * In a Cluster no script reaches all tags. So they are looked at before a fill, which must not end the tickets of others in
   * vain, and after it: what was filled meanwhile with an old version is no entry, and its callers must know.
   */
  async #areCurrent(versions: TagVersions): Promise<boolean> {
    const { client, tags } = this.#options;
    return !client.isCluster || tags.areCurrent(versions);
  }

  /** The first arguments of every script that writes an entry. */
  #encode(body: StoredBody, given: Lifetime, versions: TagVersions): (Buffer | number)[] {
    const lifetime = versions.size === 0 ? given : withinTagLife(given);
    const payload = this.#options.codec.encode(body, lifetime, versions);
    const life = lifeOf(lifetime);
    return [payload, life, life === lifetime.ttl ? 0 : lifetime.ttl];
  }
}

function withinTagLife({ ttl, staleWhileRevalidate, staleIfError, early }: Lifetime): Lifetime {
  const shorter = Math.min(ttl, LONGEST_TAGGED_LIFE);
  const left = LONGEST_TAGGED_LIFE - shorter;
  const stale = Math.min(staleWhileRevalidate, left);
  const lastResort = Math.min(staleIfError ?? 0, left);
  return {
    ttl: shorter,
    staleWhileRevalidate: stale,
    ...(lastResort > stale ? { staleIfError: lastResort } : {}),
    ...(early && { early: { ...early, ttl: shorter, freshFor: shorter } }),
  };
}
