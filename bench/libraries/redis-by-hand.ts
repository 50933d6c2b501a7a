import type { Redis } from 'ioredis';

import type { Library, Service, Terms } from './library.js';

/** The least that one writes over Redis: `GET` and `JSON.parse`, `SET` with an expiry, `MGET` for lists. Callers who come together all load. */
export function redisByHand(connect: () => Promise<Redis>): Library {
  return {
    over: { redis: async (terms) => serviceOver(await connect(), terms) },
    servesStale: false,
    knowsTags: false,
  };
}

function serviceOver(client: Redis, { load, ttl, prefix }: Terms): Service {
  const nameOf = (id: number) => `${prefix}${id}`;
  const loadAndStore = async (id: number) => {
    const value = await load(id);
    await client.set(nameOf(id), JSON.stringify(value), 'EX', ttl);
    return value;
  };
  const found = (id: number, text: string | null | undefined): unknown =>
    typeof text === 'string' ? JSON.parse(text) : loadAndStore(id);
  return {
    find: async (id) => found(id, await client.get(nameOf(id))),
    async findMany(ids) {
      const texts = await client.mget(ids.map(nameOf));
      return Promise.all(ids.map((id, index) => found(id, texts[index])));
    },
    invalidate: (id) => client.del(nameOf(id)),
    close: async () => {
      await client.quit();
    },
  };
}
