import { createKeyv as createRedisKeyv, type default as KeyvRedis } from '@keyv/redis';
import { createKeyv } from 'cacheable';
import type { Keyv } from 'keyv';

import { url } from './redis-address.js';

/** The store in memory of cacheable and cache-manager. Values are shared as they are: faster than its default, to clone them. */
export const memoryStore = (maxEntries: number): Keyv => createKeyv({ lruSize: maxEntries, useClone: false });

/** Their store in Redis, connected. */
export async function redisStore(namespace?: string): Promise<Keyv> {
  const keyv = createRedisKeyv(url, namespace === undefined ? {} : { namespace });
  await (keyv.store as KeyvRedis<unknown>).getClient();
  return keyv;
}
