import { configureCache, MemoryStore, type Cache } from 'freshkeep';
import { RedisStore } from 'freshkeep/redis';

import { logEvents } from './log-events.js';
import { connectToRedis, disconnectFromRedis } from './redis-connection.js';

/** The default cache of this process, and how to let go of it. */
export interface BootstrappedCache {
  readonly cache: Cache;
  readonly close: () => Promise<void>;
}

/**
 * The one place that knows where entries are kept: in Redis, where there is a URL, and otherwise in memory. Loads and invalidations are
 * logged while `isLogged` says so.
 */
export async function bootstrapCache(
  redisUrl: string | undefined,
  isLogged: () => boolean,
): Promise<BootstrappedCache> {
  if (redisUrl === undefined) {
    const cache = logEvents(configureCache({ store: new MemoryStore() }), isLogged);
    return { cache, close: () => cache.close() };
  }
  const client = await connectToRedis(redisUrl);
  const cache = logEvents(configureCache({ store: new RedisStore({ client, prefix: 'users-service' }) }), isLogged);
  return {
    cache,
    close: async () => {
      await cache.close();
      await disconnectFromRedis(client);
    },
  };
}
