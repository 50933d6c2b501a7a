import type { Contender } from './contender.js';
import { RedisDocuments } from './redis-documents.js';

const documents = new RedisDocuments({ prefix: 'tags', tags: ['catalogue'] });

/** Each call invalidates all that was filled, and which is still there for Redis to keep. */
export const contender: Contender = {
  find: () => documents.cache.invalidateTags('catalogue'),
  fill: (keys) => documents.fill(keys),
  close: () => documents.close(),
};
