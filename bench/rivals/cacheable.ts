import { RedisMessageProvider } from '@qified/redis';
import { Cacheable, CacheableHooks, type CacheableOptions } from 'cacheable';
import { Qified, QifiedEvents } from 'qified';

import type { Library, Service, Terms } from '../libraries/library.js';
import { findMany } from './find-many.js';
import { memoryStore, redisStore } from './keyv-stores.js';
import { url } from './redis-address.js';

function serviceOver(stores: CacheableOptions, terms: Terms): Service {
  const { load, tag } = terms;
  const cache = new Cacheable({ ...stores, ttl: terms.ttl * 1_000, tags: tag !== undefined });
  const tags = tag === undefined ? [] : [tag];
  if (tag !== undefined) {
    // `getOrSet`, which loads once for all who wait, takes no tags.
    cache.onHook(CacheableHooks.BEFORE_SET, (item) => {
      item.tags = tags;
    });
  }
  return {
    // By default, a load that fails is `undefined`.
    find: (id) => cache.getOrSet(String(id), () => load(id), { throwErrors: true }),
    findMany: (ids) =>
      findMany(ids, {
        read: (keys) => cache.getMany(keys),
        write: (entries) => cache.setMany(entries.map((entry) => ({ ...entry, tags }))),
        load,
      }),
    invalidate: (id) => cache.delete(String(id)),
    ...(tag !== undefined && { invalidateTag: () => cache.tags.invalidateTag(tag) }),
    close: () => cache.disconnect(),
  };
}

/** A bus, and when a cache has made its two subscriptions: to what is set, and to what is deleted. */
function watchedBus() {
  const qified = new Qified({ messageProviders: [new RedisMessageProvider({ uri: url })] });
  const subscribed = new Promise<void>((resolve) => {
    let subscriptions = 0;
    qified.on(QifiedEvents.subscribe, () => {
      subscriptions += 1;
      if (subscriptions === 2) resolve();
    });
  });
  return { qified, subscribed };
}

// Its `nonBlocking` stays off: by its documentation, a find would then load what Redis has.
export const library: Library = {
  over: {
    async memory(terms) {
      // What it remembers of the tags of an entry takes the place of a second one.
      const maxEntries = terms.tag === undefined ? terms.maxEntries : 2 * terms.maxEntries;
      return serviceOver({ primary: memoryStore(maxEntries) }, terms);
    },
    redis: async (terms) => serviceOver({ primary: await redisStore(), namespace: terms.prefix }, terms),
    async tiers(terms) {
      const { qified, subscribed } = watchedBus();
      const stores = {
        primary: memoryStore(terms.maxEntries),
        secondary: await redisStore(),
        namespace: terms.prefix,
        sync: { qified },
      };
      const service = serviceOver(stores, terms);
      await subscribed;
      return service;
    },
  },
  servesStale: false,
  knowsTags: true,
};
