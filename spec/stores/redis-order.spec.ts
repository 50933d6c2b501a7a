import { expect } from 'chai';
import { Redis } from 'ioredis';
import { createCache, key } from 'freshkeep';
import { RedisStore } from 'freshkeep/redis';

import { Recorder } from '../support/recorder.js';
import { closeRedis, sharedRedis, sharedRedisPort, uniquePrefix } from '../support/redis.js';
import { until } from '../support/until.js';

const k = key`k`;

describe('What a process writes and then invalidates', () => {
  let client: Redis;

  beforeEach(async () => {
    client = await sharedRedis();
  });

  afterEach(() => {
    closeRedis(client);
  });

  it('is invalidated, though Redis has forgotten all scripts', async () => {
    const cache = createCache({ store: new RedisStore({ client, prefix: uniquePrefix() }) });
    await client.script('FLUSH');
    const set = cache.set(k, 'old', { ttl: '1m' });
    const invalidated = cache.invalidate(k);
    expect(await Promise.all([set, invalidated])).to.deep.equal(['applied', 'applied']);
    expect(await cache.get(k)).to.equal(undefined);
  });
});

describe('A RedisStore', () => {
  for (const options of [{ enableAutoPipelining: true }, { stringNumbers: true }]) {
    it(`works with a client with ${JSON.stringify(options)}`, async () => {
      const client = new Redis(sharedRedisPort(), '127.0.0.1', options);
      try {
        const cache = createCache({ store: new RedisStore({ client, prefix: uniquePrefix() }) });
        const recorder = new Recorder(cache);
        expect(await cache.getOrLoad(k, () => 'value', { ttl: '1m' })).to.equal('value');
        await cache.getOrLoad(key`other`, () => 'other', { ttl: '1m' });
        expect(await cache.getOrLoad(k, () => 'again', { ttl: '1m' })).to.equal('value');
        expect(recorder.names).not.to.include.members(['store-failed']);
        expect(recorder.names).not.to.include.members(['lock-failed']);
        await until(() => recorder.count('fill') === 2);
        expect(await cache.invalidate(k)).to.equal('applied');
      } finally {
        closeRedis(client);
      }
    });
  }

  it('invalidates tens of thousands of keys at once, and no others', async () => {
    const client = await sharedRedis();
    try {
      const cache = createCache({ store: new RedisStore({ client, prefix: uniquePrefix(), deadline: '5s' }) });
      await cache.set(k, 'kept', { ttl: '1m' });
      await cache.set(key`many:${29_999}`, 'gone', { ttl: '1m' });
      expect(await cache.invalidate(...Array.from({ length: 30_000 }, (_, n) => key`many:${n}`))).to.equal('applied');
      expect([await cache.get(k), await cache.get(key`many:${29_999}`)]).to.deep.equal(['kept', undefined]);
    } finally {
      closeRedis(client);
    }
  });

  it('takes the empty key for one like others', async () => {
    const client = await sharedRedis();
    try {
      const prefix = uniquePrefix();
      const cache = createCache({ store: new RedisStore({ client, prefix }) });
      await cache.set(key`${''}`, 'value', { ttl: '1m' });
      expect(await cache.get(key`${''}`)).to.equal('value');
      expect(await client.keys(`${prefix}:{*`)).to.deep.equal([`${prefix}:{~}`]);
    } finally {
      closeRedis(client);
    }
  });

  for (const staleWhileRevalidate of [0, 60]) {
    it(`takes a key of another type for a miss, and replaces it (stale window: ${staleWhileRevalidate} s)`, async () => {
      const client = await sharedRedis();
      try {
        const prefix = uniquePrefix();
        const cache = createCache({ store: new RedisStore({ client, prefix }) });
        const recorder = new Recorder(cache);
        await client.lpush(`${prefix}:{k}`, 'foreign');
        const policy = { ttl: '1m', staleWhileRevalidate } as const;
        expect(await cache.getOrLoad(k, () => 'value', policy)).to.equal('value');
        expect(await cache.getOrLoad(k, () => 'again', policy)).to.equal('value');
        expect(recorder.count('store-failed')).to.equal(0);
      } finally {
        closeRedis(client);
      }
    });
  }
});
