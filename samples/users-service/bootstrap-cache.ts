import { configureCache, MemoryStore, type Cache } from 'freshkeep';
import { RedisStore } from 'freshkeep/redis';

import { log } from './log.js';
import { connectToRedis, disconnectFromRedis } from './redis-connection.js';

/** The default cache of this process, and how to let go of it. */
export interface BootstrappedCache {
  readonly cache: Cache;
  readonly close: () => Promise<void>;
}

/** The one place that knows where entries are kept: in Redis, where there is a URL, and otherwise in memory. */
export async function bootstrapCache(redisUrl: string | undefined): Promise<BootstrappedCache> {
  if (redisUrl === undefined) {
    const cache = logEvents(configureCache({ store: new MemoryStore() }));
    return { cache, close: () => cache.close() };
  }
  const client = await connectToRedis(redisUrl);
  const cache = logEvents(configureCache({ store: new RedisStore({ client, prefix: 'users-service' }) }));
  return {
    cache,
    close: async () => {
      await cache.close();
      await disconnectFromRedis(client);
    },
  };
}

function logEvents(cache: Cache): Cache {
  return cache
    .on('load', ({ key, background }) => {
      log(`load ${key}${background ? ' (in the background)' : ''}`);
    })
    .on('load-failed', ({ key, error }) => {
      log(`load of ${key} failed: ${String(error)}`);
    })
    .on('invalidate', ({ key }) => {
      log(`invalidate ${key}`);
    })
    .on('store-failed', ({ operation, error }) => {
      log(`the store could not ${operation}: ${String(error)}`);
    })
    .on('invalidation-replayed', ({ keys }) => {
      log(`invalidated afterwards: ${keys === 'all' ? 'everything' : keys.join(', ')}`);
    });
}
