import type { Contender } from './contender.js';
import { documentKey, RedisDocuments } from './redis-documents.js';

const tags = ['catalogue'];
const documents = new RedisDocuments({ prefix: 'tagged', tags });
const find = documents.cache.wrap((id: number) => Promise.reject(new Error(`document ${id} is no hit`)), {
  key: documentKey,
  ttl: '1h',
  tags,
});

export const contender: Contender = {
  find,
  fill: (keys) => documents.fill(keys),
  close: () => documents.close(),
};
