import { setTimeout as pause } from 'node:timers/promises';

import { expect } from 'chai';
import type { Redis } from 'ioredis';

import { RedisKeys } from '../../lib/stores/redis/redis-key.js';
import { endWorkers, startWorker, type CacheWorker } from '../support/cache-worker.js';
import { describeInOneDialect } from '../support/dialect.js';
import { closeRedis, sharedRedis, sharedRedisPort, uniquePrefix } from '../support/redis.js';

const HOUR = 3_600_000;
const TTL = 600;
const STALE = 600;

describeInOneDialect('Two processes whose clocks are an hour apart', function () {
  this.slow(10_000);
  let redis: Redis;
  let prefix: string;

  beforeEach(async () => {
    redis = await sharedRedis();
    prefix = uniquePrefix();
  });

  afterEach(async () => {
    closeRedis(redis);
    await endWorkers();
  });

  async function startShifted(name: string, clockShift: number): Promise<CacheWorker> {
    const options = { port: sharedRedisPort(), prefix, ttl: `${TTL}ms`, staleWhileRevalidate: `${STALE}ms` } as const;
    let loads = 0;
    const worker = await startWorker({ ...options, clockShift }, { load: async () => `${name} ${(loads += 1)}` });
    await worker.ask('connected');
    return worker;
  }

  for (const [title, shift] of [
    ['ahead', HOUR],
    ['behind', -HOUR],
  ] as const) {
    it(`agree on when an entry of the one that is ${title} is fresh, stale and expired`, async () => {
      const [wrong, right] = await Promise.all([startShifted('wrong', shift), startShifted('right', 0)]);
      await expectApart(wrong, right, shift);

      expect(await wrong.ask('find', 'a')).to.equal('wrong 1');
      const filledAt = performance.now();
      await expectLife(redis, prefix, TTL + STALE);
      expect(await right.ask('find', 'a'), 'fresh').to.equal('wrong 1');
      expect(await right.ask('events'))
        .to.include({ hit: 1 })
        .and.not.have.any.keys('stale-hit', 'miss');

      await pause(TTL + 50 - (performance.now() - filledAt));
      expect(await right.ask('find', 'a'), 'stale').to.equal('wrong 1');
      expect(await right.ask('events'))
        .to.include({ hit: 1, 'stale-hit': 1 })
        .and.not.have.any.keys('miss');
    });

    it(`agree on when an entry for the one that is ${title} is fresh and expired`, async () => {
      const [wrong, right] = await Promise.all([startShifted('wrong', shift), startShifted('right', 0)]);
      await expectApart(wrong, right, shift);

      expect(await right.ask('find', 'a')).to.equal('right 1');
      await expectLife(redis, prefix, TTL + STALE);
      expect(await wrong.ask('find', 'a'), 'fresh').to.equal('right 1');
      expect(await wrong.ask('events'))
        .to.include({ hit: 1 })
        .and.not.have.any.keys('stale-hit', 'miss');

      await pause(TTL + STALE + 50);
      expect(await wrong.ask('find', 'a'), 'expired').to.equal('wrong 1');
      expect(await wrong.ask('events'))
        .to.include({ hit: 1, miss: 1 })
        .and.not.have.any.keys('stale-hit');
    });
  }
});

async function expectApart(wrong: CacheWorker, right: CacheWorker, shift: number): Promise<void> {
  const apart = (await wrong.ask('wallClock')) - (await right.ask('wallClock'));
  expect(apart).to.be.closeTo(shift, 1_000);
}

/** By Redis' own clock, once the fill has arrived. */
async function expectLife(redis: Redis, prefix: string, life: number): Promise<void> {
  let remaining = -2;
  for (let attempt = 0; remaining === -2 && attempt < 50; attempt += 1) {
    remaining = await redis.pttl(new RedisKeys(prefix).entry('thing:a'));
    if (remaining === -2) await pause(5);
  }
  expect(remaining, 'remaining life in Redis').to.be.within(life - 300, life);
}
