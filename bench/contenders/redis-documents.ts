import { createCache, key, type Cache } from 'freshkeep';
import { RedisStore } from 'freshkeep/redis';
import { Redis } from 'ioredis';

import type { Contender } from './contender.js';
import { makeDocument } from './document.js';

const AT_ONCE = 500;

export interface RedisDocumentsOptions {
  readonly prefix: string;
  readonly tags?: readonly string[];
}

export const documentKey = (id: number) => key`document:${id}`;

/** Documents in Redis, of their own prefix. */
export class RedisDocuments {
  readonly cache: Cache;
  readonly #options: RedisDocumentsOptions;
  readonly #client = new Redis(Number(process.env['BENCH_REDIS_PORT']), '127.0.0.1');

  constructor(options: RedisDocumentsOptions) {
    this.#options = options;
    this.cache = createCache({ store: new RedisStore({ client: this.#client, prefix: options.prefix }) });
  }

  async fill(keys: number): Promise<void> {
    const { tags = [] } = this.#options;
    for (let from = 1; from <= keys; from += AT_ONCE) {
      const ids = Array.from({ length: Math.min(AT_ONCE, keys + 1 - from) }, (_, index) => from + index);
      await Promise.all(ids.map((id) => this.cache.set(documentKey(id), makeDocument(id), { ttl: '1h', tags })));
    }
  }

  async close(): Promise<void> {
    await this.cache.close();
    await this.#client.quit();
  }
}

/** Hits of a function that loads one document. */
export function findOne(options: RedisDocumentsOptions): Contender {
  const documents = new RedisDocuments(options);
  const { tags = [] } = options;
  const find = documents.cache.wrap((id: number) => Promise.reject(new Error(`document ${id} is no hit`)), {
    key: documentKey,
    ttl: '1h',
    tags,
  });
  return { find, fill: (keys) => documents.fill(keys), close: () => documents.close() };
}
