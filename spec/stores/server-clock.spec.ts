import { expect } from 'chai';
import { createCache, key, MemoryStore, TieredStore, type Cache, type Store } from 'freshkeep';
import { RedisStore } from 'freshkeep/redis';
import type { Redis } from 'ioredis';
import sinon from 'sinon';

import { closeRedis, sharedRedis, uniquePrefix } from '../support/redis.js';
import { until } from '../support/until.js';

const HOUR = 3_600_000;

describe('The clock of Redis', () => {
  let client: Redis;
  let cache: Cache;

  beforeEach(async () => {
    client = await sharedRedis();
  });

  afterEach(async () => {
    sinon.restore();
    await cache.close();
    closeRedis(client);
  });

  function createOver(storeOf: (l2: RedisStore) => Store): void {
    cache = createCache({ store: storeOf(new RedisStore({ client, prefix: uniquePrefix() })) });
  }

  const load = () => cache.getOrLoad(key`k`, () => 1, { ttl: '1m' });

  for (const [title, storeOf] of [
    ['Redis', (l2: RedisStore) => l2],
    ['two tiers', (l2: RedisStore) => new TieredStore({ l1: new MemoryStore(), l2 })],
  ] as const) {
    it(`is that of this machine, over ${title}, and no finding`, async () => {
      createOver(storeOf);
      await load();
      await until(() => cache.health().clockOffset !== undefined);
      expect(cache.health().clockOffset).to.be.within(-500, 500);
      expect(cache.diagnose().map(({ name }) => name)).to.not.include('clock-skew');
    });
  }

  for (const [title, shift, offset] of [
    ['ahead', HOUR, -HOUR],
    ['behind', -HOUR, HOUR],
  ] as const) {
    it(`is an hour apart where this process is ${title}, and the doctor says so`, async () => {
      const { now } = Date;
      sinon.replace(Date, 'now', () => now() + shift);
      createOver((l2) => l2);
      await load();
      await until(() => cache.health().clockOffset !== undefined);
      expect(cache.health().clockOffset).to.be.closeTo(offset, 500);
      const [finding] = cache.diagnose();
      expect(finding).to.include({ name: 'clock-skew', severity: 'medium' });
      expect(finding?.summary).to.contain(` 1h ${title}`);
    });
  }

  it('is asked for once in ten minutes, and never in the way of a call', async () => {
    const time = sinon.spy(client, 'time');
    createOver((l2) => l2);
    for (let id = 0; id < 5; id += 1) await cache.getOrLoad(key`k${id}`, () => 1, { ttl: '1m' });
    expect(time.callCount).to.equal(1);
  });

  it('is not known where the user of Redis may not ask for it', async () => {
    sinon.stub(client, 'time').rejects(new Error("NOPERM this user has no permissions to run the 'time' command"));
    createOver((l2) => l2);
    expect(await load()).to.equal(1);
    expect(cache.health()).to.not.have.property('clockOffset');
  });
});
