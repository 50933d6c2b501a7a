import { Redis } from 'ioredis';

import { makeDocument, type Document } from './document.js';

/** Documents in Redis, by hand. */
export class PlainDocuments {
  readonly #redis = new Redis(Number(process.env['BENCH_REDIS_PORT']), '127.0.0.1');

  async find(id: number): Promise<Document> {
    return parse(id, await this.#redis.get(nameOf(id)));
  }

  async findMany(ids: readonly number[]): Promise<Map<number, Document>> {
    const texts = await this.#redis.mget(ids.map(nameOf));
    return new Map(ids.map((id, index) => [id, parse(id, texts[index])]));
  }

  async fill(keys: number): Promise<void> {
    for (let id = 1; id <= keys; id += 1) await this.#redis.set(nameOf(id), JSON.stringify(makeDocument(id)));
  }

  async close(): Promise<void> {
    await this.#redis.quit();
  }
}

function nameOf(id: number): string {
  return `floor:document:${id}`;
}

function parse(id: number, text: string | null | undefined): Document {
  if (typeof text === 'string') return JSON.parse(text) as Document;
  throw new Error(`document ${id} is no hit`);
}
