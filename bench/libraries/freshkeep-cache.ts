import { setImmediate as nextTurn } from 'node:timers/promises';

import type { Cache, Store } from 'freshkeep';
import type { RedisStoreOptions } from 'freshkeep/redis';

import { configureCache, MemoryStore, RedisStore, TieredStore } from './freshkeep-build.js';
import type { Library, Service, ServiceOver, Terms } from './library.js';
import { connectToRedis } from './redis-client.js';

export interface OpenCache {
  readonly cache: Cache;
  /** Closes the cache, and the client that is its own. */
  readonly close: () => Promise<void>;
}

/** Declares what is cached; the cache is the default one of the process too. */
export type Declare = (terms: Terms, open: OpenCache) => Service;

/** A library over every medium that freshkeep has. */
export function libraryOf(declare: Declare): Library {
  return {
    over: {
      memory: async (terms) => declare(terms, openCache(memoryFor(terms))),
      redis: overRedis(declare),
      async tiers(terms) {
        const client = await connectToRedis();
        const l2 = new RedisStore({ client, prefix: terms.prefix });
        // No copy ends while calls are counted that are to find it.
        const store = new TieredStore({ l1: memoryFor(terms), l2, l1Ttl: '1h' });
        const open = openCache(store, () => client.quit());
        while (open.cache.health().l1 !== 'trusted') await nextTurn();
        return declare(terms, open);
      },
    },
    servesStale: true,
    knowsTags: true,
  };
}

export function overRedis(
  declare: Declare,
  options: Pick<RedisStoreOptions, 'compressAbove' | 'decodedBytes'> = {},
): ServiceOver {
  return async (terms) => {
    const client = await connectToRedis();
    const store = new RedisStore({ client, prefix: terms.prefix, ...options });
    return declare(
      terms,
      openCache(store, () => client.quit()),
    );
  };
}

function memoryFor({ maxEntries }: Terms) {
  return new MemoryStore({ maxEntries });
}

function openCache(store: Store, disconnect: () => Promise<unknown> = () => Promise.resolve()): OpenCache {
  const cache = configureCache({ store });
  return {
    cache,
    close: async () => {
      await cache.close();
      await disconnect();
    },
  };
}
