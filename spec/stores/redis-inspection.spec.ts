import { inspect } from 'node:util';

import { expect } from 'chai';
import type { Redis } from 'ioredis';
import { createCache, key, MemoryStore, TieredStore, type Cache } from 'freshkeep';
import { RedisStore } from 'freshkeep/redis';

import { Deferred } from '../support/deferred.js';
import { describeInOneDialect } from '../support/dialect.js';
import { startRedis, type RedisServer } from '../support/redis-server.js';
import { closeRedis, connectRedis } from '../support/redis.js';
import { until } from '../support/until.js';

const k = key`user:${1}`;
const OPTIONS = { ttl: '1m', staleWhileRevalidate: '1h', tags: ['users'] } as const;

describeInOneDialect('An explanation of a call, over Redis', () => {
  let server: RedisServer;
  let client: Redis;
  let cache: Cache;

  beforeEach(async () => {
    server = await startRedis();
    client = await connectRedis(server.port);
    client.on('error', () => undefined);
    cache = createCache({ store: new RedisStore({ client, prefix: 'p', deadline: '200ms' }) });
  });

  afterEach(async () => {
    await cache.close();
    closeRedis(client);
    server.resume();
    await server.stop();
  });

  it('shows the size of what is stored, its tags, and their versions then and now', async () => {
    await cache.set(k, { name: 'Ada' }, OPTIONS);
    const { outcome, reason, tiers } = await cache.explain(k);
    expect([outcome, tiers.length]).to.deep.equal(['hit', 1]);
    expect(reason).to.match(/^the entry in redis is fresh for another \d+ ms$/);
    const { entry } = tiers[0] ?? {};
    expect(entry?.bytes).to.equal(await client.strlen('p:{user:1}'));
    const current = await client.get('p:{users}:tag');
    expect(entry?.tags).to.deep.equal([{ name: 'users', version: current, current, invalidated: false }]);
    await client.set('p:{users}:tag', 'another');
    const after = await cache.explain(k);
    expect(after.tiers[0]?.entry?.tags).to.deep.equal([
      { name: 'users', version: current, current: 'another', invalidated: true },
    ]);
    await client.del('p:{users}:tag');
    expect((await cache.explain(k)).reason).to.include('a tag that was invalidated: `users`');
  });

  it('tells how old an entry is by the clock of Redis', async () => {
    await cache.set(k, 'value', OPTIONS);
    // As if half a minute, and then an hour, had passed.
    for (const [minutes, state] of [
      [0.5, 'fresh'],
      [30, 'stale'],
    ] as const) {
      const passed = minutes * 60_000;
      await client.pexpire('p:{user:1}', 3_660_000 - passed);
      await client.pexpire('p:{user:1}:fresh', 60_000 - passed);
      const { entry } = (await cache.explain(k)).tiers[0] ?? {};
      expect(entry?.state).to.equal(state);
      expect(entry?.age).to.be.within(passed, passed + 2_000);
    }
  });

  it('does not know how old an entry is whose expiry someone has taken away', async () => {
    for (const window of [0, '1h'] as const) {
      await cache.set(k, 'value', { ttl: '1m', staleWhileRevalidate: window, staleIfError: window });
      for (const name of ['p:{user:1}', 'p:{user:1}:fresh']) await client.persist(name);
      const { entry } = (await cache.explain(k)).tiers[0] ?? {};
      expect(entry).to.include({ state: 'fresh', freshFor: Infinity, servableFor: Infinity, lastResortFor: Infinity });
      expect(entry).not.to.have.property('age');
    }
  });

  it('says why an entry cannot be read', async () => {
    await client.set('p:{user:1}', 'not ours');
    const { outcome, reason, tiers } = await cache.explain(k);
    expect(outcome).to.equal('miss');
    expect(reason).to.include('the entry in redis cannot be read: CacheError: Expected an entry of format fk1');
    expect(tiers[0]?.unreadable).to.have.property('code', 'ERR_CACHE_ENTRY_UNREADABLE');
    await client.del('p:{user:1}');
    await client.lpush('p:{user:1}', 'of another type');
    expect((await cache.explain(k)).reason).to.equal('redis has no entry; a call loads it');
  });

  it('shows an entry though its tickets cannot be counted', async () => {
    await cache.set(k, 'value', OPTIONS);
    await client.set('p:{user:1}:tickets', 'of another type');
    const { outcome, tiers } = await cache.explain(k);
    expect([outcome, tiers[0]?.entry?.state]).to.deep.equal(['hit', 'fresh']);
    expect(tiers[0]).not.to.have.any.keys('openTickets', 'notUsed');
    expect(await cache.getOrLoad(k, () => 'loaded', OPTIONS)).to.equal('value');
  });

  it('quotes nothing of a body that cannot be read, and neither does the event', async () => {
    const told: unknown[] = [];
    cache.on('entry-unreadable', ({ error }) => told.push(error));
    for (const value of [{ name: 'Ada' }, new Map([['name', 'Ada']])]) {
      await cache.set(k, value, OPTIONS);
      const stored = await client.get('p:{user:1}');
      await client.set(
        'p:{user:1}',
        String(stored).replace(/.Ada.*$/, (end) => 'Ada'.padStart(end.length, '?')),
      );
      const { reason, tiers } = await cache.explain(k);
      expect(reason).to.include('Expected a body that f1 can read');
      await cache.get(k);
      expect(inspect([reason, tiers, told], { depth: null })).not.to.include('Ada');
    }
    expect(told).to.have.lengthOf(2);
  });

  it('tells who loads, and how many may still fill', async () => {
    const elsewhere = createCache({ store: new RedisStore({ client, prefix: 'p' }) });
    const slow = new Deferred<string>();
    const loading = elsewhere.getOrLoad(k, () => slow.promise, OPTIONS);
    await until(async () => (await elsewhere.explain(k)).loads[0]?.loadingFor !== undefined);
    await until(async () => (await cache.explain(k)).lock !== undefined);
    const here = await cache.explain(k);
    expect(here.reason).to.equal('redis has no entry; a call waits for another process, which loads it');
    expect([here.lock?.by, here.loads]).to.deep.equal(['another process', []]);
    expect(here.lock?.endsIn).to.be.within(1, 2_000);
    const there = await elsewhere.explain(k);
    expect([there.lock?.by, there.loads.length, there.tiers[0]?.openTickets]).to.deep.equal(['this process', 1, 1]);
    slow.resolve('value');
    await loading;
    await until(async () => (await cache.explain(k)).lock === undefined);
    await elsewhere.close();
  });

  it('says that Redis does not answer, within its deadline, and then that it is not asked', async () => {
    await cache.set(k, 'value', OPTIONS);
    server.pause();
    const { outcome, reason } = await cache.explain(k);
    expect(outcome).to.equal('miss');
    expect(reason).to.match(
      /^redis is not used: CacheError: Expected Redis to answer within 200 ms, for `inspect`; a call/,
    );
    for (let call = 0; call < 3; call += 1) await cache.getOrLoad(key`another`, () => 'value', OPTIONS);
    expect(cache.health().breaker).to.equal('open');
    expect((await cache.explain(k)).reason).to.include('redis is not used: ');
  });

  it('says what is used of two tiers while Redis does not answer', async () => {
    const l2 = new RedisStore({ client, prefix: 'p', deadline: '200ms' });
    const tiered = createCache({ store: new TieredStore({ l1: new MemoryStore(), l2 }) });
    await until(() => tiered.health().l1 === 'trusted');
    await tiered.getOrLoad(k, () => 'value', OPTIONS);
    await until(async () => (await tiered.explain(k)).outcome === 'hit');
    const { reason, tiers } = await tiered.explain(k);
    expect(reason).to.match(/^the entry in l1 is fresh/);
    expect(tiers.map(({ tier, entry }) => [tier, entry?.state])).to.deep.equal([
      ['l1', 'fresh'],
      ['l2', 'fresh'],
    ]);
    await server.kill();
    await until(() => tiered.health().l1 === 'not trusted');
    const away = await tiered.explain(k);
    expect(away.outcome).to.equal('miss');
    expect(away.tiers.map(({ tier }) => tier)).to.deep.equal(['l1', 'l2', 'outage']);
    await tiered.getOrLoad(k, () => 'of the outage', OPTIONS);
    expect((await tiered.explain(k)).reason).to.match(/^the entry in outage is fresh for another/);
    expect(await tiered.getOrLoad(k, () => 'again', OPTIONS)).to.equal('of the outage');
    await tiered.close();
  });

  it('works for clients with `stringNumbers`, over RESP2', async () => {
    const other = client.duplicate({ stringNumbers: true, protocol: 2 });
    const stringly = createCache({ store: new RedisStore({ client: other, prefix: 'p' }) });
    await stringly.set(k, 'value', OPTIONS);
    const { outcome, tiers } = await stringly.explain(k);
    expect([outcome, tiers[0]?.openTickets]).to.deep.equal(['hit', 0]);
    await stringly.close();
    closeRedis(other);
  });
});
