import { randomBytes, randomUUID } from 'node:crypto';

import type { TagVersions } from './entry-notes.js';
import type { RedisClient } from './redis-client.js';
import type { RedisKeys } from './redis-key.js';
import { ADVANCE_CLOCK, READ_CLOCK, RENEW_ONE, SEE_ALL, SEE_ALL_LATE, SEE_ONE, SEE_ONE_LATE } from './tag-scripts.js';

const DAY = 86_400_000;

/** The longest life of an entry with tags, in milliseconds. */
export const LONGEST_TAGGED_LIFE = 30 * DAY;

/** How long a tag outlives its last use: longer than any entry that was filled with it. */
export const TAG_LIFE = LONGEST_TAGGED_LIFE + DAY;

/** Where the clock of tags stands. */
export interface TagClock {
  readonly epoch: string;
  readonly count: string;
}

/** What was seen of tags before a load began. */
export interface SeenTags {
  readonly clock: TagClock;
  readonly versions: TagVersions;
}

/** Sends a command about a Redis key, within its deadline. */
export type BoundCommand = <T>(operation: string, name: string, send: () => Promise<T>) => Promise<T>;

export interface RedisTagsOptions {
  readonly client: RedisClient;
  readonly keys: RedisKeys;
  readonly bound: BoundCommand;
}

/**
 * The versions of tags. On a single server they are asked for with one command; in a Cluster each tag is in a slot of its own,
 * and the clock in that of the bus.
 */
export class RedisTags {
  readonly #options: RedisTagsOptions;

  constructor(options: RedisTagsOptions) {
    this.#options = options;
  }

  /** Before a load begins: the versions of the tags that are known, and the clock, for those that will be. */
  async see(tags: readonly string[]): Promise<SeenTags> {
    const { client, keys } = this.#options;
    if (client.isCluster) return this.#seeInCluster(tags);
    const names = [keys.bus, ...tags.map((tag) => keys.tag(tag))];
    const reply = await this.#texts('open', () =>
      SEE_ALL.run(client, names, [newEpoch(), newNonce(), TAG_LIFE], 'text'),
    );
    const [epoch = '', count = '', ...versions] = reply as string[];
    return { clock: { epoch, count }, versions: versionsOf(tags, versions) };
  }

  /**
   * The versions of tags that became known with the value of a load which began when the clock stood at `clock`; `undefined`
   * where one of them may have been invalidated since.
   */
  async seeLate(tags: readonly string[], clock: TagClock): Promise<TagVersions | undefined> {
    const versions = await (this.#options.client.isCluster
      ? this.#seeLateInCluster(tags, clock)
      : this.#seeLateTogether(tags, clock));
    return versions.every((version) => version !== null) ? versionsOf(tags, versions) : undefined;
  }

  /** Are these still the versions? */
  async areCurrent(versions: TagVersions): Promise<boolean> {
    if (versions.size === 0) return true;
    const found = await this.read([...versions.keys()]);
    return [...versions].every(([tag, version]) => found.get(tag) === version);
  }

  /** The versions, null where there is none; in a Cluster no command reaches them all. */
  async read(tags: readonly string[]): Promise<ReadonlyMap<string, string | null>> {
    const { client, keys } = this.#options;
    const versions = await (client.isCluster
      ? this.#each('read', tags, (tag) => client.get(keys.tag(tag)))
      : this.#texts('read', () => client.mget(tags.map((tag) => keys.tag(tag)))));
    return new Map(tags.map((tag, index) => [tag, versions[index] ?? null]));
  }

  /**
   * In a Cluster: gives each a new version. The clock goes first: a load that learns of a tag by its value, and reads the new
   * version, must find the clock advanced.
   */
  async renew(tags: readonly string[]): Promise<void> {
    const { client, keys, bound } = this.#options;
    const count = await bound('invalidate', keys.bus, () =>
      ADVANCE_CLOCK.run(client, [keys.bus], [newEpoch()], 'text'),
    );
    const args = [String(count), newNonce(), TAG_LIFE];
    await this.#each('invalidate', tags, (tag) => RENEW_ONE.run(client, [keys.tag(tag)], args));
  }

  async #seeInCluster(tags: readonly string[]): Promise<SeenTags> {
    const { client, keys } = this.#options;
    const clock = await this.#readClock();
    const args = [clock.count, newNonce(), TAG_LIFE];
    const versions = await this.#each('open', tags, (tag) => SEE_ONE.run(client, [keys.tag(tag)], args, 'text'));
    return { clock, versions: versionsOf(tags, versions as string[]) };
  }

  async #seeLateTogether(tags: readonly string[], { epoch, count }: TagClock): Promise<readonly (string | null)[]> {
    const { client, keys } = this.#options;
    const names = [keys.bus, ...tags.map((tag) => keys.tag(tag))];
    const args = [newEpoch(), newNonce(), TAG_LIFE, epoch, count];
    return this.#texts('fill', () => SEE_ALL_LATE.run(client, names, args, 'text'));
  }

  async #seeLateInCluster(tags: readonly string[], began: TagClock): Promise<readonly (string | null)[]> {
    const { client, keys } = this.#options;
    const clock = await this.#readClock();
    if (clock.epoch !== began.epoch) return [null];
    const args = [began.count, clock.count, newNonce(), TAG_LIFE];
    const versions = await this.#each('fill', tags, (tag) => SEE_ONE_LATE.run(client, [keys.tag(tag)], args, 'text'));
    return versions as (string | null)[];
  }

  async #readClock(): Promise<TagClock> {
    const { client, keys } = this.#options;
    const reply = await this.#texts('open', () => READ_CLOCK.run(client, [keys.bus], [newEpoch()], 'text'));
    const [epoch, count] = reply as readonly [string, string];
    return { epoch, count };
  }

  async #texts(operation: string, send: () => Promise<unknown>): Promise<readonly (string | null)[]> {
    const { keys, bound } = this.#options;
    return (await bound(operation, keys.bus, send)) as readonly (string | null)[];
  }

  #each<T>(operation: string, tags: readonly string[], send: (tag: string) => Promise<T>): Promise<T[]> {
    const { keys, bound } = this.#options;
    return Promise.all(tags.map((tag) => bound(operation, keys.tag(tag), () => send(tag))));
  }
}

/** For a bus that has none. */
export function newEpoch(): string {
  return randomUUID();
}

/** Makes a version one that never was. */
export function newNonce(): string {
  return randomBytes(9).toString('base64url');
}

function versionsOf(tags: readonly string[], versions: readonly (string | null)[]): TagVersions {
  return new Map(tags.map((tag, index) => [tag, versions[index] ?? '']));
}
