import { once } from 'node:events';

import { BentoCache, bentostore, type BentoStore } from 'bentocache';
import { memoryDriver } from 'bentocache/drivers/memory';
import { redisBusDriver, redisDriver } from 'bentocache/drivers/redis';
import { Redis } from 'ioredis';

import type { Library, Service, Terms } from '../libraries/library.js';
import { address } from './redis-address.js';

function serviceOver(store: BentoStore, terms: Terms): Service {
  const { load, ttl, staleWhileRevalidate, tag } = terms;
  const bento = new BentoCache({
    default: 'users',
    ttl: ttl * 1_000,
    // Counted from when the entry was made, and not from when it became stale.
    grace: staleWhileRevalidate > 0 && (ttl + staleWhileRevalidate) * 1_000,
    stores: { users: store },
  });
  const users = bento.use('users');
  const tags = tag === undefined ? [] : [tag];
  return {
    find: (id) => users.getOrSet({ key: String(id), factory: () => load(id), tags }),
    invalidate: (id) => users.delete({ key: String(id) }),
    invalidateTag: () => users.deleteByTag({ tags }),
    close: () => bento.disconnectAll(),
  };
}

async function redis() {
  const connection = new Redis(address);
  await once(connection, 'ready');
  return redisDriver({ connection });
}

/** The bus subscribes as soon as the store is used, and tells nobody when it is done. */
function watchedBus() {
  const bus = redisBusDriver({ connection: address });
  const subscriptions: Promise<void>[] = [];
  const factory: typeof bus.factory = (config) => {
    const driver = bus.factory(config);
    const subscribe = driver.subscribe.bind(driver);
    driver.subscribe = (channel, handler) => {
      const subscribed = subscribe(channel, handler);
      subscriptions.push(subscribed);
      return subscribed;
    };
    return driver;
  };
  return { bus: { ...bus, factory }, subscribed: () => Promise.all(subscriptions) };
}

// It has no lists.
export const library: Library = {
  over: {
    async memory(terms) {
      // Values are shared as they are: faster than its default, to keep their JSON.
      const driver = memoryDriver({ maxItems: terms.maxEntries, serialize: false });
      return serviceOver(bentostore().useL1Layer(driver), terms);
    },
    async redis(terms) {
      return serviceOver(bentostore({ prefix: terms.prefix }).useL2Layer(await redis()), terms);
    },
    async tiers(terms) {
      const { bus, subscribed } = watchedBus();
      const store = bentostore({ prefix: terms.prefix })
        // Their JSON here: with `serialize: false`, it fails to read what it copied from Redis.
        .useL1Layer(memoryDriver({ maxItems: terms.maxEntries }))
        .useL2Layer(await redis())
        .useBus(bus);
      const service = serviceOver(store, terms);
      await subscribed();
      return service;
    },
  },
  servesStale: true,
  knowsTags: true,
};
