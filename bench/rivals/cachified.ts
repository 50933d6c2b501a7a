import { cachified, createBatch, totalTtl, type Cache, type CacheEntry } from '@epic-web/cachified';
import { redisCacheAdapter } from 'cachified-redis-adapter';
import { LRUCache } from 'lru-cache';
import { createClient } from 'redis';

import type { Library, Service, Terms } from '../libraries/library.js';
import { url } from './redis-address.js';

function serviceOver(cache: Cache, terms: Terms, close: () => Promise<void>): Service {
  const { load, prefix } = terms;
  const keyOf = (id: number) => `${prefix}${id}`;
  const ttl = terms.ttl * 1_000;
  const swr = terms.staleWhileRevalidate * 1_000;
  return {
    find: (id) => cachified({ key: keyOf(id), cache, ttl, swr, getFreshValue: () => load(id) }),
    findMany(ids) {
      const batch = createBatch((missing: number[]) => Promise.all(missing.map(load)));
      return Promise.all(ids.map((id) => cachified({ key: keyOf(id), cache, ttl, swr, getFreshValue: batch.add(id) })));
    },
    invalidate: async (id) => cache.delete(keyOf(id)),
    close,
  };
}

/** From its documentation. */
function lruCache(max: number): Cache {
  const entries = new LRUCache<string, CacheEntry>({ max });
  return {
    set: (key, value) => entries.set(key, value, { ttl: totalTtl(value.metadata), start: value.metadata.createdTime }),
    get: (key) => entries.get(key),
    delete: (key) => entries.delete(key),
  };
}

// It has neither tiers nor tags.
export const library: Library = {
  over: {
    memory: async (terms) => serviceOver(lruCache(terms.maxEntries), terms, async () => undefined),
    async redis(terms) {
      const client = createClient({ url });
      // A client without a listener ends the process when it loses its connection.
      client.on('error', () => undefined);
      await client.connect();
      return serviceOver(redisCacheAdapter(client), terms, () => client.close());
    },
  },
  servesStale: true,
  knowsTags: false,
};
