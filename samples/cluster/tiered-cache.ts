import { configureCache, MemoryStore, TieredStore } from 'freshkeep';
import { RedisStore } from 'freshkeep/redis';
import { Cluster } from 'ioredis';

import type { BootstrappedCache } from '../users-service/bootstrap-cache.js';
import { logEvents } from '../users-service/log-events.js';
import { log } from '../users-service/log.js';
import { disconnectFromRedis, logChanges } from '../users-service/redis-connection.js';
import type { InstanceOptions } from './instance-protocol.js';

/** Entries are kept in the Cluster, which both instances share, and copies of them in the memory of each. */
export async function bootstrapTieredCache(nodes: InstanceOptions['redis']): Promise<BootstrappedCache> {
  const cluster = new Cluster([...nodes], { lazyConnect: true });
  logChanges(cluster);
  await cluster.connect();
  const l2 = new RedisStore({ client: cluster, prefix: 'users-service' });
  const cache = logEvents(configureCache({ store: new TieredStore({ l1: new MemoryStore(), l2 }) }))
    .on('invalidated-elsewhere', ({ keys }) => {
      log(`invalidated by the other instance: ${keys === 'all' ? 'everything' : keys.join(', ')}`);
    })
    .on('copies-dropped', ({ reason }) => {
      log(`copies dropped (${reason})`);
    })
    .on('breaker-changed', ({ state }) => {
      log(`breaker ${state}`);
    });
  return {
    cache,
    close: async () => {
      await cache.close();
      await disconnectFromRedis(cluster);
    },
  };
}
