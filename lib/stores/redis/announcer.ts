import { randomUUID } from 'node:crypto';

import { formatAnnouncement, type BusPosition } from '../../invalidation/bus-message.js';
import type { Invalidated } from '../../invalidation/invalidation-bus.js';
import { RedisInvalidationBus } from '../../invalidation/redis-invalidation-bus.js';
import { databaseOf, isAsleep, mastersOf, type RedisClient } from './redis-client.js';
import type { RedisKeys } from './redis-key.js';
import { newEpoch, newNonce, TAG_LIFE, type BoundCommand } from './redis-tags.js';
import { INVALIDATE } from './scripts.js';

export interface AnnouncerOptions {
  readonly client: RedisClient;
  readonly keys: RedisKeys;
  readonly bound: BoundCommand;
}

/** What a script that announces something is told: the epoch for a bus that has none, the announcement, the channel. */
export type Announcement = readonly string[];

/** Announces what is invalidated, to all processes that share the server and the prefix. */
export class Announcer {
  readonly bus: RedisInvalidationBus;
  readonly #options: AnnouncerOptions;
  /** Tells the messages of this store from those of others. */
  readonly #origin = randomUUID();
  readonly #channel: string;

  constructor(options: AnnouncerOptions) {
    const { client, keys } = options;
    this.#options = options;
    this.#channel = keys.channel(databaseOf(client));
    this.bus = new RedisInvalidationBus({
      address: {
        servers: () => (isAsleep(client) ? [] : mastersOf(client)),
        channel: this.#channel,
        sharded: client.isCluster,
      },
      origin: this.#origin,
      position: () => this.#position(),
    });
  }

  /**
   * Tells the listeners of this process before and after: what they read meanwhile may be from before it was applied. `apply`
   * has to announce it to the others, by the script that applies it, or by {@link announce}.
   */
  async announcing(what: Invalidated, apply: (announcement: Announcement) => Promise<void>): Promise<void> {
    this.bus.tellOwn(what);
    try {
      await apply([newEpoch(), formatAnnouncement(this.#origin, what), this.#channel]);
    } finally {
      this.bus.tellOwn(what);
    }
  }

  /** Removes `names`, of which the first are as many `tags` to be renewed, and announces what that means, in one step. */
  async announce(
    operation: string,
    announcement: Announcement,
    names: readonly string[] = [],
    tags = 0,
  ): Promise<void> {
    const { client, keys, bound } = this.#options;
    const renewal = tags === 0 ? [] : [tags, newNonce(), TAG_LIFE];
    const args = [...announcement, client.isCluster ? 'SPUBLISH' : 'PUBLISH', ...renewal];
    await bound(operation, keys.bus, () => INVALIDATE.run(client, [keys.bus, ...names], args));
  }

  async #position(): Promise<BusPosition> {
    const { client, keys, bound } = this.#options;
    if (isAsleep(client)) throw new Error('the client is not connected yet');
    const read = () => client.hmget(keys.bus, 'epoch', 'sequence');
    const [epoch, sequence] = await bound('bus', keys.bus, read);
    return { epoch: epoch ?? '', sequence: Number(sequence ?? 0) };
  }
}
