import { Cached, configureCache, MemoryStore, TieredStore } from 'freshkeep';
import { RedisStore } from 'freshkeep/redis';
import { Redis } from 'ioredis';

import type { Contender } from './contender.js';
import { makeUser, type User } from './user.js';

const client = new Redis(Number(process.env['BENCH_REDIS_PORT']), '127.0.0.1');
const l1 = new MemoryStore({ maxEntries: 20_000 });
const cache = configureCache({ store: new TieredStore({ l1, l2: new RedisStore({ client }), l1Ttl: '1h' }) });

class Users implements Contender {
  @Cached('user:{0}', '1h')
  async find(id: number): Promise<User> {
    return makeUser(id);
  }

  async fill(keys: number): Promise<void> {
    while (cache.health().l1 !== 'trusted') await new Promise(setImmediate);
    for (let id = 1; id <= keys; id += 1) await this.find(id);
    while (l1.size < keys) await new Promise(setImmediate);
  }

  async close(): Promise<void> {
    await cache.close();
    client.disconnect();
  }
}

export const contender: Contender = new Users();
