import { createCache, key, MemoryStore, TieredStore, type Cache } from 'freshkeep';
import { RedisStore } from 'freshkeep/redis';
import type { Redis } from 'ioredis';

import { ControlledLoads } from './controlled-loads.js';
import { uniquePrefix } from './redis.js';
import { until } from './until.js';

/** A cache over two tiers to which enough has happened that each of its metrics has a sample. */
export async function measuredCache(client: Redis): Promise<Cache> {
  const store = new TieredStore({ l1: new MemoryStore(), l2: new RedisStore({ client, prefix: uniquePrefix() }) });
  const cache = createCache({ store, name: 'users' });
  await until(() => typeof cache.health().bus?.lag === 'number');
  await cache.getOrLoad(key`user:${1}`, () => 1, { ttl: '1m' });
  await stampede(cache);
  await until(() => cache.health().clockOffset !== undefined);
  await until(() => cache.diagnose().length > 0);
  return cache;
}

/** The doctor finds that callers wait for loads, again and again. */
async function stampede(cache: Cache): Promise<void> {
  const loads = new ControlledLoads();
  for (let time = 0; time < 12; time += 1) {
    const answers = Array.from({ length: 30 }, () => cache.getOrLoad(key`popular`, loads.load, { ttl: '1ms' }));
    const load = await loads.begun(time);
    setTimeout(() => {
      load.resolve('a');
    }, 60);
    await Promise.all(answers);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
