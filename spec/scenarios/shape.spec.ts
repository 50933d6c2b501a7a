import assert from 'node:assert/strict';

import type { Redis } from 'ioredis';
import { createCache, key, MemoryStore, type Cache } from 'freshkeep';
import { RedisStore } from 'freshkeep/redis';

import { closeRedis, sharedRedis, uniquePrefix } from '../support/redis.js';

function cyclic(): object {
  const value: { name: string; self?: object; list: unknown[] } = { name: 'cycle', list: [] };
  value.self = value;
  value.list.push(value);
  return value;
}

/** One of each type that a store must give back as it was; made anew for each comparison. */
const VALUES: Readonly<Record<string, () => unknown>> = {
  'a Date': () => ({ at: new Date('2026-11-25T10:00:00.123Z') }),
  'a Map': () =>
    new Map<unknown, unknown>([
      ['a', 1],
      [{ b: 2 }, new Map([[1, 2]])],
    ]),
  'a Set': () => new Set<unknown>([1, 'a', new Set([null])]),
  'a BigInt': () => ({ big: 2n ** 80n, negative: -1n }),
  'a Buffer': () => ({ bytes: Buffer.from([0, 255, 10, 128]) }),
  'typed arrays': () => [new Uint8Array([1, 2]), new Float64Array([NaN, -0, 1.5]), new BigInt64Array([1n])],
  undefined: () => ({ here: undefined, list: [undefined, null] }),
  'NaN, -0 and Infinity': () => [NaN, -0, Infinity, -Infinity],
  'an Error': () =>
    Object.assign(new TypeError('wrong', { cause: 'a cause' }), { code: 'E_WRONG', stack: 'TypeError: wrong' }),
  'a cycle': cyclic,
  'nothing at all': () => undefined,
  'plain data': () => ({ id: 1, tags: ['a', 'ä', '\u2028'], nested: { ok: true, none: null } }),
};

/** A cache in a process that has just begun, over the entries of before. */
type Restart = () => Cache;

function describeShapes(store: string, start: () => Promise<{ restart: Restart; close: () => void }>): void {
  describe(`Over ${store}, a value has the same shape on the miss, on the hit and after a restart:`, () => {
    let restart: Restart;
    let close: () => void;

    before(async () => {
      ({ restart, close } = await start());
    });

    after(() => {
      close();
    });

    for (const [name, make] of Object.entries(VALUES)) {
      it(name, async () => {
        const load = async (cache: Cache) => cache.getOrLoad(key`shape:${name}`, make, { ttl: '1m' });
        const cache = restart();
        assert.deepStrictEqual(await load(cache), make(), 'on the miss');
        assert.deepStrictEqual(await load(cache), make(), 'on the hit');
        assert.deepStrictEqual(await restart().get(key`shape:${name}`), make(), 'after a restart');
      });
    }
  });
}

describeShapes('Redis', async () => {
  const clients: Redis[] = [await sharedRedis()];
  const prefix = uniquePrefix();
  return {
    restart: () => createCache({ store: new RedisStore({ client: clients[0] as Redis, prefix }) }),
    close: () => {
      closeRedis(...clients);
    },
  };
});

// Memory does not outlive its process: there the second cache stands for another user of the same store.
describeShapes('memory', async () => {
  const store = new MemoryStore();
  return { restart: () => createCache({ store }), close: () => undefined };
});
