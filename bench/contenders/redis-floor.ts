import { Redis } from 'ioredis';

import type { Contender } from './contender.js';
import { makeDocument, type Document } from './document.js';

const redis = new Redis(Number(process.env['BENCH_REDIS_PORT']), '127.0.0.1');

/** The least that an answer from Redis costs: ioredis `GET` and `JSON.parse`. */
class Documents implements Contender {
  async find(id: number): Promise<Document> {
    const text = await redis.get(`floor:document:${id}`);
    if (text === null) throw new Error(`document ${id} is no hit`);
    return JSON.parse(text) as Document;
  }

  async fill(keys: number): Promise<void> {
    for (let id = 1; id <= keys; id += 1) await redis.set(`floor:document:${id}`, JSON.stringify(makeDocument(id)));
  }

  async close(): Promise<void> {
    await redis.quit();
  }
}

export const contender: Contender = new Documents();
