import { once } from 'node:events';

import { createCache, type StorageInputMemory, type StorageInputRedis } from 'async-cache-dedupe';
import { Redis } from 'ioredis';

import type { Library, Service, Terms } from '../libraries/library.js';
import { address } from './redis-address.js';

function serviceOver(
  storage: StorageInputMemory | StorageInputRedis,
  terms: Terms,
  close: () => Promise<void>,
): Service {
  const { load, ttl, staleWhileRevalidate: stale, prefix, tag } = terms;
  const reference = `${prefix}${tag ?? ''}`;
  // The name begins every key.
  const name = `${prefix}find`;
  const cache = createCache({ ttl, stale, storage }).define(
    name,
    tag === undefined ? {} : { references: () => [reference] },
    load,
  );
  return {
    find: cache[name]!,
    // As a string, which is the same key: an argument of 0 would clear all.
    invalidate: (id) => cache.clear(name, String(id)),
    invalidateTag: () => cache.invalidateAll(reference),
    close,
  };
}

// It has no tiers, and no lists.
export const library: Library = {
  over: {
    memory: async (terms) =>
      serviceOver(
        { type: 'memory', options: { size: terms.maxEntries, invalidation: terms.tag !== undefined } },
        terms,
        async () => undefined,
      ),
    async redis(terms) {
      const client = new Redis(address);
      await once(client, 'ready');
      const { tag, ttl, staleWhileRevalidate } = terms;
      const invalidation = tag !== undefined && { referencesTTL: ttl + staleWhileRevalidate };
      return serviceOver({ type: 'redis', options: { client, invalidation } }, terms, async () => {
        await client.quit();
      });
    },
  },
  servesStale: true,
  knowsTags: true,
};
