import type { Contender } from './contender.js';
import { documentKey, RedisDocuments } from './redis-documents.js';

const LENGTH = 100;
const documents = new RedisDocuments({ prefix: 'many' });
const findMany = documents.cache.wrapMany(
  (ids: readonly number[]) => Promise.reject<Map<number, unknown>>(new Error(`${ids.length} are no hits`)),
  { key: documentKey, ttl: '1h' },
);

/** A hundred hits of a function that loads many. */
export const contender: Contender = {
  find: (first) => findMany(Array.from({ length: LENGTH }, (_, index) => first + index)),
  fill: (keys) => documents.fill(keys + LENGTH),
  close: () => documents.close(),
};
