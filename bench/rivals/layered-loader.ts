import { once } from 'node:events';

// What this library asks for; others ask for version 5, which has the name. `package.json` overrides the former for that.
import { Redis } from 'ioredis-6';
import {
  createGroupNotificationPair,
  createNotificationPair,
  GroupLoader,
  Loader,
  RedisCache,
  RedisGroupCache,
} from 'layered-loader';

import type { Library, Service, Terms } from '../libraries/library.js';
import { address } from './redis-address.js';

/** What a service is made over: a memory, a Redis, or both with a bus. */
interface Ground {
  readonly memory: boolean;
  readonly redis?: Redis;
  readonly bus?: { readonly channel: string; readonly consumerRedis: Redis; readonly publisherRedis: Redis };
}

/** It asks the value for its key, and gives many values in no order. */
const keyOf = (value: unknown) => String((value as { id: number }).id);

/** It refreshes before an entry expires, not after: the last part of its life is the time in which it is stale. */
function lifeOf({ ttl, staleWhileRevalidate }: Terms) {
  return {
    ttlInMsecs: (ttl + staleWhileRevalidate) * 1_000,
    ...(staleWhileRevalidate > 0 && { ttlLeftBeforeRefreshInMsecs: staleWhileRevalidate * 1_000 }),
  };
}

/** Above Redis, copies expire when they would be stale: what is stale is refreshed where it is shared, as the documentation has it. */
const memoryLifeOf = ({ redis }: Ground, terms: Terms) =>
  redis === undefined ? lifeOf(terms) : { ttlInMsecs: terms.ttl * 1_000 };

async function loaderOver(ground: Ground, terms: Terms): Promise<Service> {
  const { load, maxEntries, prefix } = terms;
  const pair = ground.bus && createNotificationPair<unknown>(ground.bus);
  const loader = new Loader<unknown, number>({
    inMemoryCache: ground.memory && { cacheType: 'lru-map', maxItems: maxEntries, ...memoryLifeOf(ground, terms) },
    ...(ground.redis && { asyncCache: new RedisCache(ground.redis, { json: true, prefix, ...lifeOf(terms) }) }),
    ...(pair && { notificationConsumer: pair.consumer, notificationPublisher: pair.publisher }),
    dataSourceGetOneFn: load,
    dataSourceGetManyFn: (keys) => Promise.all(keys.map((key) => load(Number(key)))),
    cacheKeyFromLoadParamsResolver: String,
    cacheKeyFromValueResolver: keyOf,
  });
  await loader.init();
  return {
    find: (id) => loader.get(id),
    findMany: async (ids) => inOrder(ids, await loader.getMany(ids.map(String))),
    invalidate: (id) => loader.invalidateCacheFor(String(id)),
    close: () => close(loader, ground),
  };
}

/** Its groups: a tag is one, and an entry is in no other. */
async function groupLoaderOver(ground: Ground, terms: Terms, group: string): Promise<Service> {
  const { load, maxEntries, prefix } = terms;
  const pair = ground.bus && createGroupNotificationPair<unknown>(ground.bus);
  const loader = new GroupLoader<unknown, number>({
    inMemoryCache: ground.memory && { maxItemsPerGroup: maxEntries, ...memoryLifeOf(ground, terms) },
    ...(ground.redis && { asyncCache: new RedisGroupCache(ground.redis, { json: true, prefix, ...lifeOf(terms) }) }),
    ...(pair && { notificationConsumer: pair.consumer, notificationPublisher: pair.publisher }),
    dataSources: [
      {
        name: 'users',
        getFromGroup: load,
        getManyFromGroup: (keys) => Promise.all(keys.map((key) => load(Number(key)))),
      },
    ],
    cacheKeyFromLoadParamsResolver: String,
    cacheKeyFromValueResolver: keyOf,
  });
  await loader.init();
  return {
    find: (id) => loader.get(id, group),
    findMany: async (ids) => inOrder(ids, await loader.getMany(ids.map(String), group)),
    invalidate: (id) => loader.invalidateCacheFor(String(id), group),
    invalidateTag: () => loader.invalidateCacheForGroup(group),
    close: () => close(loader, ground),
  };
}

function inOrder(ids: readonly number[], values: readonly unknown[]): unknown[] {
  const byKey = new Map(values.map((value) => [keyOf(value), value]));
  return ids.map((id) => byKey.get(String(id)));
}

async function close(loader: { close(): Promise<void> }, { redis }: Ground): Promise<void> {
  await loader.close();
  await redis?.quit();
}

const serviceOver = (ground: Ground, terms: Terms) =>
  terms.tag === undefined ? loaderOver(ground, terms) : groupLoaderOver(ground, terms, terms.tag);

async function connect(): Promise<Redis> {
  const redis = new Redis(address);
  await once(redis, 'ready');
  return redis;
}

export const library: Library = {
  over: {
    memory: (terms) => serviceOver({ memory: true }, terms),
    redis: async (terms) => serviceOver({ memory: false, redis: await connect() }, terms),
    async tiers(terms) {
      const bus = {
        channel: `${terms.prefix}bus`,
        consumerRedis: await connect(),
        publisherRedis: await connect(),
      };
      return serviceOver({ memory: true, redis: await connect(), bus }, terms);
    },
  },
  servesStale: true,
  knowsTags: true,
};
