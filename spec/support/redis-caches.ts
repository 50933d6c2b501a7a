import { createCache, type Cache, type Store } from 'freshkeep';
import { RedisStore, type RedisStoreOptions } from 'freshkeep/redis';
import type { Redis } from 'ioredis';

import { closeRedis, sharedRedis, uniquePrefix } from './redis.js';

/** For each spec of a suite: a client, a prefix of its own, and caches that are closed after it. */
export class RedisCaches {
  client!: Redis;
  prefix = '';
  #caches: Cache[] = [];

  static forEachSpec(): RedisCaches {
    const own = new RedisCaches();
    beforeEach(() => own.#begin());
    afterEach(() => own.#end());
    return own;
  }

  store(options: Omit<RedisStoreOptions, 'client' | 'prefix'>): RedisStore {
    return new RedisStore({ client: this.client, prefix: this.prefix, ...options });
  }

  /** As a process has it that has just begun. */
  over(store: Store): Cache {
    const cache = createCache({ store });
    this.#caches.push(cache);
    return cache;
  }

  async #begin(): Promise<void> {
    this.client = await sharedRedis();
    this.prefix = uniquePrefix();
    this.#caches = [];
  }

  async #end(): Promise<void> {
    await Promise.all(this.#caches.map((cache) => cache.close()));
    closeRedis(this.client);
  }
}
