import { expect } from 'chai';
import { key, MemoryStore, TieredStore } from 'freshkeep';

import { describeInOneDialect } from '../support/dialect.js';
import { RedisCaches } from '../support/redis-caches.js';
import { until } from '../support/until.js';

const userKey = (id: number) => key`user:${id}`;
const MINUTE = { ttl: '1m' } as const;

describeInOneDialect('The statistics of caches over Redis', () => {
  const own = RedisCaches.forEachSpec();

  it('tell hits in Redis from those in the memory of the process', async () => {
    const plain = own.over(own.store({}));
    const tiers = own.over(new TieredStore({ l1: new MemoryStore(), l2: own.store({}) }));
    await until(() => tiers.health().l1 === 'trusted');
    const load = () => Promise.resolve({ id: 1, name: 'Ada' });
    await plain.getOrLoad(userKey(1), load, MINUTE);
    await until(() => plain.stats().patterns[0]?.fills === 1);
    for (let time = 0; time < 3; time += 1) {
      await plain.getOrLoad(userKey(1), load, MINUTE);
      await tiers.getOrLoad(userKey(1), load, MINUTE);
    }
    expect(plain.stats().patterns[0]).to.include({ calls: 4, sharedHits: 3, localHits: 0, misses: 1 });
    expect(tiers.stats().patterns[0]).to.include({ calls: 3, sharedHits: 1, localHits: 2, misses: 0 });
  });

  it('see the first hits of copies that were promoted or filled, and leave others to the quick way', async () => {
    const tiers = own.over(new TieredStore({ l1: new MemoryStore(), l2: own.store({}) }));
    await until(() => tiers.health().l1 === 'trusted');
    const find = tiers.wrap(async (id: number) => ({ id }), { key: 'user:{0}', ...MINUTE });
    for (let id = 0; id < 5; id += 1) await find(id);
    await until(() => tiers.stats().patterns[0]?.fills === 5);
    await find(1);
    await find(1);
    await tiers.invalidate(userKey(1), userKey(2));
    await until(() => tiers.stats().patterns[0]?.estimates.ended === 2);
    expect(tiers.stats().patterns[0]?.estimates).to.include({ ended: 2, unread: 1 });
  });

  it('take no entry for gone whose copy in the process gives way to others', async () => {
    const tiers = own.over(new TieredStore({ l1: new MemoryStore({ maxEntries: 2 }), l2: own.store({}) }));
    await until(() => tiers.health().l1 === 'trusted');
    const find = tiers.wrap(async (id: number) => ({ id }), { key: 'user:{0}', ...MINUTE });
    for (let id = 0; id < 10; id += 1) await find(id);
    await until(() => tiers.stats().patterns[0]?.estimates.evictions === 8);
    expect(tiers.stats().patterns[0]?.estimates).to.include({ ended: 0, unread: 0 });
    for (let id = 0; id < 10; id += 1) await find(id);
    expect(tiers.stats().patterns[0]).to.include({ misses: 10 });
  });

  it('count loads that waited for those of another process, and weigh what is kept in Redis', async () => {
    const [one, other] = [own.over(own.store({})), own.over(own.store({}))];
    const load = () => new Promise<string>((resolve) => setTimeout(resolve, 100, 'x'.repeat(1_000)));
    const answers = [one, other].map((cache) => cache.getOrLoad(userKey(1), load, MINUTE));
    await Promise.all(answers);
    await until(() => [one, other].some((cache) => cache.stats().patterns[0]?.fills === 1));
    const both = [one, other].flatMap((cache) => cache.stats().patterns);
    expect(both.map(({ waits }) => waits).sort()).to.deep.equal([0, 1]);
    expect(both.map(({ loads }) => loads.count).sort()).to.deep.equal([0, 1]);
    const weighed = both.find(({ fills }) => fills === 1);
    expect(weighed?.estimates.bytesPerEntry).to.be.within(1_000, 1_100);
  });

  it('do not take what another process may have changed, unheard, for a change by itself', async () => {
    const [one, other] = [own.over(own.store({})), own.over(own.store({}))];
    let version = 0;
    const load = () => Promise.resolve({ version });
    const brief = { ttl: '200ms' } as const;
    const findWith = (cache: typeof one) => cache.getOrLoad(userKey(1), load, brief);
    await findWith(one);
    for (version = 1; version < 4; version += 1) {
      await other.invalidate(userKey(1));
      await findWith(one);
    }
    expect(one.stats().patterns[0]?.reloads).to.deep.equal({ count: 0, changed: 0, ages: 0 });
  });
});
