import { type } from 'arktype';
import { expect } from 'chai';
import { createCache, key, MemoryStore, type Cache, type StandardSchema } from 'freshkeep';
import { RedisStore } from 'freshkeep/redis';
import type { Redis } from 'ioredis';
import * as v from 'valibot';
import { z } from 'zod';

import { expectCacheRejection } from '../support/cache-errors.js';
import { closeRedis, sharedRedis, uniquePrefix } from '../support/redis.js';

const k = key`user`;

/** Of `{ name: string; born: Date }`. */
const SCHEMAS: readonly (readonly [string, StandardSchema])[] = [
  ['zod', z.object({ name: z.string(), born: z.date() })],
  ['valibot', v.object({ name: v.string(), born: v.date() })],
  ['arktype', type({ name: 'string', born: 'Date' })],
];

const RIGHT = { name: 'Ada', born: new Date(0) };
const WRONG = { fullName: 'Ada', born: 'long ago' };

for (const [library, schema] of SCHEMAS) {
  for (const medium of ['memory', 'Redis'] as const) {
    describe(`A schema of ${library}, over ${medium}`, () => {
      let client: Redis | undefined;
      let cache: Cache;
      let loads: number;
      let unreadable: string[];

      beforeEach(async () => {
        if (medium === 'Redis') client = await sharedRedis();
        const store = client ? new RedisStore({ client, prefix: uniquePrefix() }) : new MemoryStore();
        cache = createCache({ store });
        loads = 0;
        unreadable = [];
        cache.on('entry-unreadable', ({ error }) => unreadable.push(String(error)));
      });

      afterEach(async () => {
        await cache.close();
        closeRedis(client);
        client = undefined;
      });

      const find = (value: unknown): Promise<unknown> =>
        cache.getOrLoad(k, () => ((loads += 1), value), { ttl: '10m', schema });

      it('lets a value through as it is', async () => {
        for (let call = 1; call <= 3; call += 1) expect(await find(RIGHT)).to.deep.equal(RIGHT);
        expect([loads, unreadable]).to.deep.equal([1, []]);
      });

      it('takes a stored value that does not fit for a miss, tells why, and overwrites it', async () => {
        await cache.set(k, WRONG, { ttl: '10m' });
        expect(await find(RIGHT)).to.deep.equal(RIGHT);
        expect(await find(WRONG)).to.deep.equal(RIGHT);
        expect([loads, unreadable.length]).to.deep.equal([1, 1]);
        expect(unreadable[0]).to.include('Expected a value that fits `schema`').and.to.include('name');
      });

      it('does not store a loaded value that does not fit, and gives it to its caller', async () => {
        const failed: unknown[] = [];
        cache.on('option-failed', ({ option }) => failed.push(option));
        for (let call = 1; call <= 2; call += 1) expect(await find(WRONG)).to.equal(WRONG);
        expect([loads, failed]).to.deep.equal([2, ['schema', 'schema']]);
      });
    });
  }
}

describe('A schema', () => {
  const cache = createCache({ store: new MemoryStore() });

  function schemaOf(validate: StandardSchema['~standard']['validate']): StandardSchema {
    return { '~standard': { version: 1, vendor: 'spec', validate } };
  }

  it('is asked once for each object in memory', async () => {
    let asked = 0;
    const schema = schemaOf(() => ((asked += 1), {}));
    const find = cache.wrap(async () => ({ n: 1 }), { key: key`once`, ttl: '1m', schema });
    for (let call = 1; call <= 5; call += 1) await find();
    expect(asked).to.be.at.most(2);
  });

  it('does not change values, though it would', async () => {
    const schema = z.object({ n: z.coerce.number() });
    for (let call = 1; call <= 2; call += 1) {
      expect(await cache.getOrLoad(key`coerce`, () => ({ n: '7' }), { ttl: '1m', schema })).to.deep.equal({ n: '7' });
    }
  });

  for (const [title, schema] of [
    ['throws', schemaOf(thrower)],
    ['answers later', schemaOf(() => Promise.resolve({}))],
    ['rejects later', schemaOf(() => Promise.reject(new Error('no')))],
  ] as const) {
    it(`that ${title} costs no caller its value, and nothing is stored`, async () => {
      let loads = 0;
      for (let call = 1; call <= 2; call += 1) {
        expect(await cache.getOrLoad(key`bad`, () => (loads += 1), { ttl: '1m', schema })).to.equal(call);
      }
    });
  }

  for (const [title, wrong] of [
    ['null', null],
    ['an object', {}],
    ['a name', 'zod'],
    ['one of another version', { '~standard': { version: 2, validate: () => ({}) } }],
    ['the library itself', z],
  ] as const) {
    it(`is refused where it is none: ${title}`, async () => {
      const call = cache.getOrLoad(k, () => 1, { ttl: '1m', schema: wrong as never });
      await expectCacheRejection(call, 'ERR_CACHE_OPTION_INVALID', 'Expected `schema` to be a Standard Schema');
    });
  }
});

function thrower(): never {
  throw new Error('no');
}
