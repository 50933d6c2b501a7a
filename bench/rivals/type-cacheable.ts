import { once } from 'node:events';

import { Cacheable, CacheClear, type CacheClient } from '@type-cacheable/core';
import { useAdapter as useIoRedis } from '@type-cacheable/ioredis-adapter';
import { useAdapter as useLruCache } from '@type-cacheable/lru-cache-adapter';
import { Redis } from 'ioredis';
import { LRUCache } from 'lru-cache';

import type { Library, Service, Terms } from '../libraries/library.js';
import { address } from './redis-address.js';

function serviceOver(client: CacheClient, terms: Terms, close: () => Promise<void>): Service {
  const cacheKey = ([id]: number[]) => String(id);
  // The name of a group of keys, which are found again by this name: the nearest it has to a tag.
  const hashKey = `${terms.prefix}${terms.tag ?? 'users'}`;

  class Users {
    find(id: number): Promise<unknown> {
      return terms.load(id);
    }

    async invalidate(_id: number): Promise<void> {}

    async invalidateTag(): Promise<void> {}

    close(): Promise<void> {
      return close();
    }
  }
  decorate(Users.prototype, 'find', Cacheable({ cacheKey, hashKey, client, ttlSeconds: terms.ttl }));
  decorate(Users.prototype, 'invalidate', CacheClear({ cacheKey, hashKey, client }));
  decorate(Users.prototype, 'invalidateTag', CacheClear({ hashKey, client }));
  return new Users();
}

/** What `@decorator` does in the older dialect, which this library needs: the bench compiles this folder in the newer one. */
function decorate(prototype: object, method: string, decorator: ReturnType<typeof Cacheable>): void {
  Object.defineProperty(
    prototype,
    method,
    decorator(prototype, method, Object.getOwnPropertyDescriptor(prototype, method)),
  );
}

// It has no tiers, and no lists.
export const library: Library = {
  over: {
    async memory(terms) {
      // Unlike its other store in memory, this one has a bound and hands out values without cloning them.
      const client = new LRUCache<string, object>({ max: terms.maxEntries });
      // To the types, the class that a CommonJS module imports is another one.
      const adapter = useLruCache(client as unknown as Parameters<typeof useLruCache>[0]);
      return serviceOver(adapter, terms, async () => undefined);
    },
    async redis(terms) {
      const redis = new Redis(address);
      await once(redis, 'ready');
      return serviceOver(useIoRedis(redis), terms, async () => {
        await redis.quit();
      });
    },
  },
  servesStale: false,
  knowsTags: true,
};
