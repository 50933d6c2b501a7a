import type { Redis } from 'ioredis';

import type { Library, Service, Terms } from './library.js';
import { connectToRedis } from './redis-client.js';

/** The version of its tag when a value was loaded, and the value. */
type Stored = readonly [version: string, value: unknown];

/** The least that a tag costs: its version is one more key of the read, and to invalidate it is to count it up. */
export const library: Library = {
  over: { redis: async (terms) => serviceOver(await connectToRedis(), terms) },
  servesStale: false,
  knowsTags: true,
};

function serviceOver(client: Redis, { load, ttl, prefix, tag = '' }: Terms): Service {
  const nameOf = (id: number) => `${prefix}${id}`;
  const version = `${prefix}version:${tag}`;
  return {
    async find(id) {
      const [text, current] = await client.mget(nameOf(id), version);
      const [at, known] = JSON.parse(text ?? '[]') as Partial<Stored>;
      if (at !== undefined && at === (current ?? '0')) return known;
      const stored: Stored = [current ?? '0', await load(id)];
      await client.set(nameOf(id), JSON.stringify(stored), 'EX', ttl);
      return stored[1];
    },
    invalidate: (id) => client.del(nameOf(id)),
    invalidateTag: () => client.incr(version),
    close: async () => {
      await client.quit();
    },
  };
}
