import { createCache, key } from 'freshkeep';
import { RedisStore, type RedisStoreOptions } from 'freshkeep/redis';
import { Redis } from 'ioredis';

import { recordsOf } from '../compression/bodies.js';
import type { Contender } from './contender.js';

/** Lists of records in Redis, through freshkeep. */
export class CachedLists implements Contender {
  readonly #client = new Redis(Number(process.env['BENCH_REDIS_PORT']), '127.0.0.1');
  readonly #cache;

  constructor(options: Pick<RedisStoreOptions, 'compressAbove' | 'prefix'>) {
    this.#cache = createCache({ store: new RedisStore({ client: this.#client, ...options }) });
  }

  find(id: number): Promise<unknown> {
    return this.#cache.getOrLoad(key`list:${id}`, () => Promise.reject(new Error(`list ${id} is no hit`)), {
      ttl: '1h',
    });
  }

  async fill(keys: number): Promise<void> {
    const list = recordsOf(Number(process.env['BENCH_RECORDS']));
    for (let id = 1; id <= keys; id += 1) await this.#cache.set(key`list:${id}`, list, { ttl: '1h' });
  }

  async close(): Promise<void> {
    await this.#cache.close();
    await this.#client.quit();
  }
}
