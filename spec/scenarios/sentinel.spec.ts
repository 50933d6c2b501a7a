import { setTimeout as pause } from 'node:timers/promises';

import { expect } from 'chai';
import { createCache, key, MemoryStore, TieredStore, type Cache } from 'freshkeep';
import { RedisStore } from 'freshkeep/redis';
import { Redis } from 'ioredis';

import { AgeWatch } from '../support/age-watch.js';
import { CallWatch } from '../support/call-watch.js';
import { describeInOneDialect } from '../support/dialect.js';
import { expectAtMost } from '../support/noise.js';
import { startSentinelGroup, type SentinelGroup } from '../support/redis-sentinel.js';
import { until } from '../support/until.js';

const k = key`thing`;
const LONG = { ttl: '10m' } as const;
/** Of a command, by default; and for timers. */
const DEADLINE = 500;
const SLACK = 150;
/** By default. */
const HEARTBEAT = 1_000;

describeInOneDialect('With a master and its replica, watched by a Sentinel', function () {
  this.slow(10_000);
  let group: SentinelGroup;
  let clients: Redis[];
  let here: Cache;
  let there: Cache;
  let version: number;

  beforeEach(async () => {
    group = await startSentinelGroup({ replicas: 1, sentinels: 1 });
    clients = [];
    version = 1;
    [here, there] = await Promise.all([create(), create()]);
  });

  afterEach(async () => {
    await Promise.all([here.close(), there.close()]);
    for (const client of clients) client.disconnect();
    await group.stop();
  });

  async function create(): Promise<Cache> {
    const client = new Redis({ sentinels: [...group.sentinels], name: group.name });
    client.on('error', () => undefined);
    clients.push(client);
    const l2 = new RedisStore({ client, prefix: 'sentinel' });
    const cache = createCache({ store: new TieredStore({ l1: new MemoryStore(), l2 }) });
    await trusted(cache);
    return cache;
  }

  async function trusted(cache: Cache): Promise<void> {
    await until(() => cache.health().l1 === 'trusted');
  }

  const find = (cache: Cache): Promise<number> => cache.getOrLoad(k, () => version, LONG);

  /** Each process has a copy. */
  async function warm(): Promise<void> {
    for (const cache of [here, there]) {
      expect(await find(cache)).to.equal(version);
      await pause(50);
    }
  }

  for (const [title, failOver] of [
    [
      'is killed',
      async () => {
        const dead = await group.killMaster();
        return () => group.successorOf(dead);
      },
    ],
    ['has to change places', async () => () => group.failover()],
  ] as const) {
    it(`two processes with two tiers go on when the master ${title}, and lose no invalidation`, async () => {
      await warm();
      let loads = 0;
      for (const cache of [here, there]) cache.on('load', () => (loads += 1));
      const ages = new AgeWatch(here, () => version);
      const watch = new CallWatch(() => ages.watch(k, () => find(there)));
      const succeeded = await failOver();
      version = 2;
      const startedAt = performance.now();
      const result = await here.invalidate(k);
      expectAtMost(700, performance.now() - startedAt);
      expect(await find(here), 'at once').to.equal(2);
      await succeeded();
      await until(() => here.health().queuedInvalidations === 0);
      await Promise.all([trusted(here), trusted(there)]);
      const wellAfter = performance.now() - startedAt;
      const { calls, slowest, failures } = await watch.stop();
      const lost = [await find(here), await find(there)].filter((found) => found !== version).length;
      console.log(
        `      the invalidation was ${result}; ${calls} calls, slowest ${slowest.toFixed(0)} ms, ${loads} loads by 2 processes, oldest value ${ages.oldest.toFixed(0)} ms after its invalidation, invalidations lost ${lost}; all was well after ${wellAfter.toFixed(0)} ms`,
      );
      expect(lost, 'invalidations lost').to.equal(0);
      expectAtMost(HEARTBEAT + SLACK, ages.oldest, 'age');
      expect(failures).to.equal(0);
      expectAtMost(DEADLINE + SLACK, slowest);

      version = 3;
      expect(await there.invalidate(k)).to.equal('applied');
      await pause(100);
      expect([await find(here), await find(there)]).to.deep.equal([3, 3]);
    });
  }
});
