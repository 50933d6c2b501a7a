import assert from 'node:assert/strict';

import { expect } from 'chai';
import { key, MemoryStore, TieredStore, type Cache } from 'freshkeep';
import { classCodec, type ClassCodec, type RedisStore } from 'freshkeep/redis';

import { RedisCaches } from '../support/redis-caches.js';

class User {
  readonly id: number;
  readonly tags = new Set(['a']);

  constructor(id: number) {
    this.id = id;
  }

  get name(): string {
    return `user ${this.id}`;
  }
}

class Money {
  readonly #cents: bigint;

  constructor(cents: bigint) {
    this.#cents = cents;
  }

  get cents(): bigint {
    return this.#cents;
  }
}

const CLASSES = [
  classCodec({ name: 'User', class: User }),
  classCodec({ name: 'Money', class: Money, encode: ({ cents }) => cents, decode: (cents) => new Money(cents) }),
];

const k = key`k`;
const options = { ttl: '1m', staleWhileRevalidate: '1m' } as const;
const make = () => ({ user: new User(7), owed: new Map([[1, new Money(995n)]]) });

describe('Over Redis, instances of classes with a codec', () => {
  const redis = RedisCaches.forEachSpec();
  const storeWith = (classes: readonly ClassCodec[], compressAbove: number | false = false): RedisStore =>
    redis.store({ classes, compressAbove });

  function expectMade(value: unknown): void {
    const { user, owed } = value as ReturnType<typeof make>;
    expect(user).to.be.instanceOf(User);
    assert.deepStrictEqual(user, new User(7));
    expect(user.name).to.equal('user 7');
    expect(owed.get(1)?.cents).to.equal(995n);
  }

  for (const compressAbove of [false, 0] as const) {
    it(`are the same on the miss, on the hit and after a restart (compressAbove: ${compressAbove})`, async () => {
      const load = (cache: Cache) => cache.getOrLoad(k, make, options);
      const cache = redis.over(storeWith(CLASSES, compressAbove));
      expectMade(await load(cache));
      while ((await redis.client.exists(`${redis.prefix}:{k}`)) === 0) await new Promise(setImmediate);
      expectMade(await load(cache));
      expectMade(await redis.over(storeWith(CLASSES, compressAbove)).get(k));
    });
  }

  it('are apart: what a caller does to one is not seen by the next', async () => {
    const cache = redis.over(storeWith(CLASSES));
    await cache.set(k, make(), options);
    (await cache.get<ReturnType<typeof make>>(k))?.user.tags.clear();
    expectMade(await cache.get(k));
  });

  it('come through two tiers', async () => {
    const [one, other] = [1, 2].map(() =>
      redis.over(new TieredStore({ l1: new MemoryStore(), l2: storeWith(CLASSES) })),
    ) as [Cache, Cache];
    await one.set(k, make(), options);
    for (let read = 1; read <= 3; read += 1) {
      for (const cache of [one, other]) expectMade(await cache.getOrLoad(k, () => 'missed', options));
    }
  });

  it('are a miss, which an event tells, for a process that does not know the class, and it may replace them', async () => {
    await redis.over(storeWith(CLASSES)).set(k, make(), options);
    const older = redis.over(storeWith([]));
    const told: string[] = [];
    older.on('entry-unreadable', ({ error }) => told.push(String(error)));
    expect(await older.getOrLoad(k, () => 'plain', options)).to.equal('plain');
    expect(told[0]).to.include('class User');
    while ((await older.get(k)) !== 'plain') await new Promise(setImmediate);
    expect(await redis.over(storeWith(CLASSES)).get(k)).to.equal('plain');
  });

  it('do not disturb entries without instances, which all processes share', async () => {
    const [older, newer] = [redis.over(storeWith([])), redis.over(storeWith(CLASSES))];
    await older.set(key`old`, { at: new Date(0) }, options);
    await newer.set(key`new`, { at: new Date(0) }, options);
    expect(await newer.get(key`old`)).to.deep.equal({ at: new Date(0) });
    expect(await older.get(key`new`)).to.deep.equal({ at: new Date(0) });
  });

  it('are a miss when `decode` throws, and the caller never sees that', async () => {
    await redis.over(storeWith(CLASSES)).set(k, make(), options);
    const failing = classCodec({
      name: 'Money',
      class: Money,
      encode: ({ cents }) => cents,
      decode: () => {
        throw new Error('own');
      },
    });
    const cache = redis.over(storeWith([CLASSES[0] as ClassCodec, failing]));
    const told: string[] = [];
    cache.on('entry-unreadable', ({ error }) => told.push(String(error)));
    expect(await cache.getOrLoad(k, () => 'loaded', options)).to.equal('loaded');
    expect(told[0]).to.include('own');
  });

  it('whose `encode` throws are served and not stored', async () => {
    const failing = classCodec({
      name: 'Money',
      class: Money,
      encode: () => {
        throw new Error('own');
      },
      decode: () => new Money(0n),
    });
    const cache = redis.over(storeWith([failing]));
    const skipped: string[] = [];
    cache.on('fill-skipped', ({ reason }) => skipped.push(reason));
    expect((await cache.getOrLoad(k, () => new Money(1n), options)).cents).to.equal(1n);
    expect(skipped).to.deep.equal(['value unsupported']);
    expect(await redis.client.exists(`${redis.prefix}:{k}`)).to.equal(0);
  });
});
