import { Cached, configureCache } from 'freshkeep';
import { RedisStore } from 'freshkeep/redis';
import { Redis } from 'ioredis';

import type { Contender } from './contender.js';
import { makeDocument, type Document } from './document.js';

const client = new Redis(Number(process.env['BENCH_REDIS_PORT']), '127.0.0.1');
const cache = configureCache({ store: new RedisStore({ client }) });

class Documents implements Contender {
  #loads = 0;
  #filling = true;

  @Cached('document:{0}', '1h')
  async find(id: number): Promise<Document> {
    if (!this.#filling) throw new Error(`document ${id} is no hit`);
    this.#loads += 1;
    return makeDocument(id);
  }

  async fill(keys: number): Promise<void> {
    let fills = 0;
    cache.on('fill', () => {
      fills += 1;
    });
    for (let id = 1; id <= keys; id += 1) await this.find(id);
    while (fills < this.#loads) await new Promise(setImmediate);
    this.#filling = false;
  }

  async close(): Promise<void> {
    await cache.close();
    await client.quit();
  }
}

export const contender: Contender = new Documents();
