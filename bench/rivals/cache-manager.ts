import { createCache } from 'cache-manager';
import type { Keyv } from 'keyv';

import type { Library, Service, Terms } from '../libraries/library.js';
import { findMany } from './find-many.js';
import { memoryStore, redisStore } from './keyv-stores.js';

function serviceOver(stores: Keyv[], terms: Terms): Service {
  const { load, ttl, staleWhileRevalidate } = terms;
  const cache = createCache({
    stores,
    // It refreshes before an entry expires, not after: the last part of its life is the time in which it is stale.
    ttl: (ttl + staleWhileRevalidate) * 1_000,
    ...(staleWhileRevalidate > 0 && { refreshThreshold: staleWhileRevalidate * 1_000, refreshAllStores: true }),
  });
  return {
    find: (id) => cache.wrap(String(id), () => load(id)),
    findMany: (ids) =>
      findMany(ids, { read: (keys) => cache.mget(keys), write: (entries) => cache.mset(entries), load }),
    invalidate: (id) => cache.del(String(id)),
    close: async () => {
      await cache.disconnect();
    },
  };
}

// It has no tags. Its tiers have no bus: what is invalidated here stays in the memory of other processes.
export const library: Library = {
  over: {
    memory: async (terms) => serviceOver([memoryStore(terms.maxEntries)], terms),
    redis: async (terms) => serviceOver([await redisStore(terms.prefix)], terms),
    tiers: async (terms) => serviceOver([memoryStore(terms.maxEntries), await redisStore(terms.prefix)], terms),
  },
  servesStale: true,
  knowsTags: false,
};
