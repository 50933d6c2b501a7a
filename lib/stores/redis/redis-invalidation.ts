import type { InvalidatedNames } from '../../invalidation/invalidation-bus.js';
import type { Announcer } from './announcer.js';
import type { RedisClient } from './redis-client.js';
import type { RedisKeys } from './redis-key.js';
import type { BoundCommand, RedisTags } from './redis-tags.js';
import type { ServerGuards } from './server-guards.js';
import { sweep } from './sweep.js';

export interface RedisInvalidationOptions {
  readonly client: RedisClient;
  readonly keys: RedisKeys;
  readonly tags: RedisTags;
  readonly guards: ServerGuards;
  readonly announcer: Announcer;
  readonly bound: BoundCommand;
}

const NAMES_PER_COMMAND = 500;

/** Removes entries, with all that a load of them may rely on, and announces it. */
export class RedisInvalidation {
  readonly #options: RedisInvalidationOptions;

  constructor(options: RedisInvalidationOptions) {
    this.#options = options;
  }

  /**
   * One command for every 500 keys, or tags. In a Cluster four for each key, in two round trips, as for tags, and then one that
   * announces them: should this process end between these, copies of other processes last until their
   * `l1Ttl` is over. Ends the locks of keys too: the next caller need not wait for a load that may fill nothing.
   */
  async invalidate(keys: readonly string[], tags: readonly string[]): Promise<void> {
    await Promise.all(chunksOf(keys, tags).map((names) => this.#invalidateTogether(names)));
  }

  /**
   * Removes every key of the prefix, in two passes. The first ends every ticket that was open when it began, unless a fill
   * used it up before the pass came by; what such a fill wrote is there when the second pass begins, which finds it. So no
   * load that began before `clear` leaves its value behind. Takes time in proportion to all keys of the server.
   */
  clear(): Promise<void> {
    const { client, keys, guards, announcer } = this.#options;
    return announcer.announcing('all', async (announcement) => {
      for (let pass = 1; pass <= 2; pass += 1) await sweep({ client, guards, names: keys.everything() });
      await announcer.announce('clear', announcement);
    });
  }

  #invalidateTogether({ keys, tags }: InvalidatedNames): Promise<void> {
    const { client, keys: names, announcer } = this.#options;
    return announcer.announcing({ keys, tags }, async (announcement) => {
      if (client.isCluster) {
        await this.#invalidateOneByOne({ keys, tags });
        await announcer.announce('invalidate', announcement);
      } else {
        const all = [...tags.map((tag) => names.tag(tag)), ...keys.flatMap((key) => names.all(key))];
        await announcer.announce('invalidate', announcement, all, tags.length);
      }
    });
  }

  async #invalidateOneByOne({ keys, tags }: InvalidatedNames): Promise<void> {
    const renewed = tags.length > 0 ? this.#options.tags.renew(tags) : undefined;
    await Promise.all([renewed, ...keys.map((key) => this.#unlinkOneByOne(key))]);
  }

  /**
   * While its slot moves to another server, Redis refuses a command about several keys of which it does not have all. So each
   * is removed by itself, and the tickets before the others are even asked for, as they may have to go by a detour: a load
   * that may fill after that began after that.
   */
  async #unlinkOneByOne(key: string): Promise<void> {
    const { client, keys, bound } = this.#options;
    const tickets = keys.tickets(key);
    const others = keys.all(key).filter((name) => name !== tickets);
    await bound('invalidate', keys.entry(key), async () => {
      await client.unlink(tickets);
      await Promise.all(others.map((name) => client.unlink(name)));
    });
  }
}

function chunksOf(keys: readonly string[], tags: readonly string[]): InvalidatedNames[] {
  const [ofKeys, ofTags] = [chunks(keys, NAMES_PER_COMMAND), chunks(tags, NAMES_PER_COMMAND)];
  const length = Math.max(ofKeys.length, ofTags.length);
  return Array.from({ length }, (_, n) => ({ keys: ofKeys[n] ?? [], tags: ofTags[n] ?? [] }));
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, n) => items.slice(n * size, (n + 1) * size));
}
