import type { Contender } from './contender.js';
import { documentKey, RedisDocuments } from './redis-documents.js';

const LENGTH = 100;
const documents = new RedisDocuments({ prefix: 'one-by-one' });
const find = documents.cache.wrap((id: number) => Promise.reject(new Error(`document ${id} is no hit`)), {
  key: documentKey,
  ttl: '1h',
});

/** A hundred hits, one after the other. */
export const contender: Contender = {
  find: async (first) => {
    const found: unknown[] = [];
    for (let id = first; id < first + LENGTH; id += 1) found.push(await find(id));
    return found;
  },
  fill: (keys) => documents.fill(keys + LENGTH),
  close: () => documents.close(),
};
