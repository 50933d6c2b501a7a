import { expect } from 'chai';
import {
  createCache,
  deferInvalidations,
  key,
  MemoryStore,
  TieredStore,
  withCacheBypassed,
  withCacheRefreshed,
  type Cache,
  type CacheEventName,
  type Explanation,
  type Store,
} from 'freshkeep';
import sinon, { type SinonFakeTimers } from 'sinon';

import { expectCacheRejection } from '../support/cache-errors.js';
import { ChaosStore } from '../support/chaos-store.js';
import { Deferred, settle } from '../support/deferred.js';
import { asElsewhere } from '../support/other-process.js';
import { SharedMedium, SharedMemoryStore } from '../support/shared-memory-store.js';

const k = key`user:${1}`;
const OPTIONS = { ttl: '10s', staleWhileRevalidate: '20s', staleIfError: '60s', tags: ['users'] } as const;
const OUTCOMES = ['hit', 'stale-hit', 'stale-if-error', 'miss'] as const satisfies readonly CacheEventName[];

/** What a call that is made now tells first: nothing where the method is called without the cache. */
async function outcomeOfCall(cache: Cache, load: () => unknown = () => 'loaded'): Promise<string> {
  const told: string[] = [];
  const listeners = OUTCOMES.map((name) => [name, () => told.push(name)] as const);
  for (const [name, listener] of listeners) cache.on(name, listener);
  await cache.getOrLoad(k, load, OPTIONS).catch(() => undefined);
  for (const [name, listener] of listeners) cache.off(name, listener);
  return told[0] ?? 'bypass';
}

/** An explanation proves itself by the call that follows. */
async function explained(cache: Cache, load?: () => unknown): Promise<Explanation> {
  const explanation = await cache.explain(k);
  expect(explanation.outcome, explanation.reason).to.equal(await outcomeOfCall(cache, load));
  return explanation;
}

describe('An explanation of a call', () => {
  let clock: SinonFakeTimers;
  let store: MemoryStore;
  let cache: Cache;

  beforeEach(() => {
    clock = sinon.useFakeTimers();
    store = new MemoryStore();
    cache = createCache({ store });
  });

  afterEach(() => {
    clock.restore();
  });

  const fill = async (): Promise<unknown> => cache.getOrLoad(k, () => ({ name: 'Ada' }), OPTIONS);

  describe('says why', () => {
    it('nothing is stored', async () => {
      const explanation = await explained(cache);
      expect(explanation).to.deep.equal({
        key: 'user:1',
        pattern: 'user:{}',
        outcome: 'miss',
        reason: 'memory has no entry; a call loads it',
        tiers: [{ tier: 'memory', openTickets: 0 }],
        loads: [],
        refreshPausedFor: 0,
      });
    });

    it('an entry is fresh, with its age and what is left of its life', async () => {
      await fill();
      await clock.tickAsync(4_000);
      const { reason, tiers } = await explained(cache);
      expect(reason).to.equal('the entry in memory is fresh for another 6000 ms');
      expect(tiers[0]?.entry).to.deep.equal({
        state: 'fresh',
        age: 4_000,
        freshFor: 6_000,
        servableFor: 26_000,
        lastResortFor: 66_000,
        tags: [{ name: 'users', invalidated: false }],
      });
    });

    it('it is stale, and who refreshes it', async () => {
      await fill();
      await clock.tickAsync(11_000);
      const stale = 'the entry in memory is stale, and may be served for another 19000 ms; ';
      expect((await cache.explain(k)).reason).to.equal(`${stale}a call begins its refresh`);
      const slow = new Deferred<string>();
      await explained(cache, () => slow.promise);
      await clock.tickAsync(500);
      const during = await cache.explain(k);
      expect(during.reason).to.include('its refresh is under way here');
      expect(during.loads).to.deep.equal([{ background: true, loadingFor: 500, joined: 0 }]);
      expect(during.lock).to.deep.include({ by: 'this process' });
      slow.reject(new Error('down'));
      await clock.tickAsync(0);
      const after = await cache.explain(k);
      expect(after.refreshPausedFor).to.be.within(400, 1_000);
      expect(after.reason).to.match(/no refresh is begun for another \d+ ms$/);
    });

    it('it has expired, and whether it may still answer a call whose load fails', async () => {
      await fill();
      await clock.tickAsync(31_000);
      const lastResort = await explained(cache, () => Promise.reject(new Error('down')));
      expect(lastResort.reason).to.equal(
        'the entry in memory has expired, and may answer a call whose load fails for another 39000 ms; a call loads it',
      );
      const paused = await explained(cache);
      expect(paused.outcome).to.equal('stale-if-error');
      expect(paused.reason).to.match(/ 39000 ms; the last one has failed, and none is begun for another \d+ ms$/);
      await clock.tickAsync(40_000);
      expect((await explained(cache)).reason).to.equal('the entry in memory has expired; a call loads it');
    });

    it('one of its tags was invalidated', async () => {
      await fill();
      await cache.invalidateTags('users');
      const { reason, tiers } = await explained(cache);
      expect(reason).to.equal('the entry in memory has a tag that was invalidated: `users`; a call loads it');
      expect(tiers[0]?.entry?.state).to.equal('invalidated');
    });

    it('a call would join a load', async () => {
      const slow = new Deferred<string>();
      const calls = [1, 2].map(() => cache.getOrLoad(k, () => slow.promise, OPTIONS));
      await clock.tickAsync(250);
      const { reason, loads, tiers } = await cache.explain(k);
      expect(reason).to.equal('memory has no entry; a call joins the load that is under way here');
      expect(loads).to.deep.equal([{ background: false, loadingFor: 250, joined: 1 }]);
      expect(tiers).to.deep.equal([{ tier: 'memory', openTickets: 1 }]);
      slow.resolve('value');
      await Promise.all(calls);
    });

    it('a call would wait for another process', async () => {
      const lock = store.lock;
      const elsewhere: Store = {
        ...asElsewhere(store),
        lock: {
          acquire: (name, terms) => lock.acquire(name, terms),
          holder: async (name) => {
            const holder = await lock.holder(name);
            return holder && { ...holder, by: 'another process' };
          },
        },
      };
      const slow = new Deferred<string>();
      const loading = createCache({ store }).getOrLoad(k, () => slow.promise, OPTIONS);
      await settle();
      const { reason, lock: holder } = await createCache({ store: elsewhere }).explain(k);
      expect(reason).to.equal('store has no entry; a call waits for another process, which loads it');
      expect(holder).to.deep.equal({ by: 'another process', endsIn: 60_000 });
      slow.resolve('value');
      await loading;
    });

    it('an invalidation is queued, of the key or of a tag', async () => {
      const chaos = new ChaosStore();
      cache = createCache({ store: chaos });
      await fill();
      chaos.fail('invalidate');
      await cache.invalidateTags('users');
      const ofTag = await explained(cache);
      expect(ofTag.queued).to.deep.equal({ keys: [], tags: ['users'] });
      expect(ofTag.reason).to.equal('an invalidation of it is queued until the store can apply it; a call loads it');
      await cache.invalidate(k, key`other`);
      expect((await explained(cache)).queued).to.deep.equal({ keys: ['user:1'], tags: ['users'] });
      chaos.calm();
      await clock.tickAsync(10_000);
      expect((await cache.explain(k)).queued).to.equal(undefined);
    });

    it('nobody waits for another process while an invalidation is queued', async () => {
      const lock = {
        acquire: () => Promise.resolve(undefined),
        holder: () => Promise.resolve({ by: 'another process', endsIn: 1_000 } as const),
      };
      const invalidate = () => Promise.reject(new Error('away'));
      cache = createCache({ store: { ...asElsewhere(store), lock, invalidate } });
      await cache.invalidate(k);
      const { reason } = await explained(cache);
      expect(reason).to.equal('an invalidation of it is queued until the store can apply it; a call loads it');
    });

    it('the cache is closed', async () => {
      await fill();
      await cache.close();
      expect((await explained(cache)).reason).to.equal('the cache is closed');
    });

    it('the calling code is within `withCacheBypassed`, `withCacheRefreshed`, a load of the key', async () => {
      await fill();
      const reasons = [
        await withCacheBypassed(() => explained(cache)),
        await withCacheRefreshed(() => explained(cache)),
        await new Promise<Explanation>((resolve, reject) => {
          const load = async (): Promise<void> => explained(cache).then(resolve, reject);
          void withCacheRefreshed(() => cache.getOrLoad(k, load, OPTIONS));
        }),
      ];
      expect(reasons.map(({ reason }) => reason)).to.deep.equal([
        'the calling code is within `withCacheBypassed`',
        'the calling code is within `withCacheRefreshed`',
        'the calling code is part of a load of this key',
      ]);
    });

    it('it was invalidated by the transaction that the calling code is part of', async () => {
      await fill();
      await deferInvalidations(async () => {
        expect((await explained(cache)).outcome).to.equal('hit');
        await cache.invalidateTags('users');
        expect((await explained(cache)).reason).to.include('the transaction (`deferInvalidations`)');
        await clock.tickAsync(71_000);
        expect((await cache.explain(k)).reason, 'of one that has expired').to.include('has expired; a call loads it');
      });
    });
  });

  describe('changes nothing', () => {
    it('loads nothing, and lets no entry be evicted later', async () => {
      const small = new MemoryStore({ maxEntries: 2 });
      cache = createCache({ store: small });
      for (const name of ['first', 'second']) await cache.set(key`${name}`, name, { ttl: '10s' });
      await cache.explain(key`first`);
      await cache.set(key`third`, 'third', { ttl: '10s' });
      expect(await cache.get(key`first`)).to.equal(undefined);
      expect(await cache.get(key`second`)).to.equal('second');
    });

    it('shows no value unless asked to', async () => {
      await fill();
      expect(JSON.stringify(await cache.explain(k))).not.to.include('Ada');
      expect((await cache.explain(k, { values: true })).tiers[0]?.entry?.value).to.deep.equal({ name: 'Ada' });
    });
  });

  describe('of a store that cannot tell more', () => {
    it('shows what it would answer', async () => {
      await fill();
      const plain = createCache({ store: asElsewhere(store) });
      await clock.tickAsync(1_000);
      const { tiers, reason } = await explained(plain);
      expect(reason).to.equal('the entry in store is fresh for another 9000 ms');
      expect(tiers[0]?.entry).not.to.have.any.keys('age', 'bytes', 'value');
      expect((await plain.explain(k, { values: true })).tiers[0]?.entry?.value).to.deep.equal({ name: 'Ada' });
    });

    it('shows that it does not answer', async () => {
      const chaos = new ChaosStore();
      chaos.fail('read');
      const { reason } = await explained(createCache({ store: chaos }));
      expect(reason).to.equal('store is not used: Error: no read; a call loads it');
    });

    it('shows that one which breaks its promise does not', async () => {
      const broken = { ...asElsewhere(store), inspect: () => Promise.reject(new Error('cannot')) };
      const { reason } = await createCache({ store: broken }).explain(k);
      expect(reason).to.equal('store is not used: Error: cannot; a call loads it');
    });

    it('shows no holder of a lock that cannot tell', async () => {
      const failures: readonly (() => Promise<never>)[] = [
        () => Promise.reject(new Error('cannot')),
        () => {
          throw new Error('cannot');
        },
      ];
      for (const holder of failures) {
        const lock = { acquire: () => Promise.resolve(undefined), holder };
        const { reason } = await createCache({ store: { ...asElsewhere(store), lock } }).explain(k);
        expect(reason).to.equal('store has no entry; a call loads it');
      }
    });
  });

  describe('of two tiers', () => {
    let medium: SharedMedium;
    let l2: SharedMemoryStore;

    beforeEach(() => {
      medium = new SharedMedium();
      l2 = new SharedMemoryStore(medium);
      cache = createCache({ store: new TieredStore({ l1: new MemoryStore(), l2, l1Ttl: '5s' }) });
    });

    async function whatIsUsed(): Promise<string[]> {
      const { tiers, reason } = await explained(cache);
      return [...tiers.map(({ tier, notUsed, entry }) => `${tier} ${notUsed ?? entry?.state ?? '–'}`), reason];
    }

    it('says which of them answers, and why the first does not', async () => {
      await fill();
      expect(await whatIsUsed()).to.deep.equal([
        'l1 fresh',
        'l2 fresh',
        'the entry in l1 is fresh for another 5000 ms',
      ]);
      await clock.tickAsync(6_000);
      expect(await whatIsUsed()).to.deep.equal([
        'l1 expired',
        'l2 fresh',
        'the entry in l2 is fresh for another 4000 ms',
      ]);
      l2.trustedUntil = -Infinity;
      expect(await whatIsUsed()).to.deep.equal([
        'l1 the bus would not tell of an invalidation',
        'l2 fresh',
        'the entry in l2 is fresh for another 4000 ms',
      ]);
    });

    it('uses a stale copy only while the second tier does not answer', async () => {
      cache = createCache({ store: new TieredStore({ l1: new MemoryStore(), l2, l1Ttl: '2m' }) });
      await fill();
      await clock.tickAsync(11_000);
      const slow = new Deferred<string>();
      const used = async () => (await explained(cache, () => slow.promise)).reason;
      expect(await used()).to.include('the entry in l2 is stale');
      l2.failure = new Error('away');
      expect(await used()).to.include('the entry in l1 is stale');
      slow.resolve('new');
    });

    it('takes no copy for a last resort', async () => {
      cache = createCache({ store: new TieredStore({ l1: new MemoryStore(), l2, l1Ttl: '2m' }) });
      await fill();
      await clock.tickAsync(31_000);
      await explained(cache, () => Promise.reject(new Error('down')));
      expect((await whatIsUsed()).slice(0, 2)).to.deep.equal([
        'l1 a copy that has expired is no last resort',
        'l2 last-resort',
      ]);
      l2.failure = new Error('away');
      expect((await explained(cache)).outcome).to.equal('miss');
    });

    it('says what is used while the second tier does not answer', async () => {
      l2.failure = new Error('away');
      expect(await whatIsUsed()).to.deep.equal([
        'l1 –',
        'l2 Error: away',
        'outage –',
        'l1 has no entry; l2 is not used: Error: away; outage has no entry; a call loads it',
      ]);
      expect(await whatIsUsed()).to.deep.equal([
        'l1 –',
        'l2 Error: away',
        'outage fresh',
        'the entry in outage is fresh for another 5000 ms',
      ]);
    });
  });

  it('says that this process has loaded what it may not take from a store, as an invalidation is queued', async () => {
    const medium = new SharedMedium();
    const l2 = new SharedMemoryStore(medium);
    cache = createCache({ store: new TieredStore({ l1: new MemoryStore(), l2 }) });
    await fill();
    l2.failure = new Error('away');
    expect(await cache.invalidate(k)).to.equal('queued');
    expect((await explained(cache)).reason).to.match(/is queued until the store can apply it; a call loads it$/);
    await settle();
    const { outcome, reason, queued } = await explained(cache);
    expect([outcome, queued]).to.deep.equal(['hit', { keys: ['user:1'], tags: [] }]);
    expect(reason).to.match(/; this process has loaded it since$/);
  });

  it('knows the scope of the cache', async () => {
    let tenant = 'a';
    cache = createCache({ store, scope: () => tenant });
    await fill();
    expect(await explained(cache)).to.deep.include({ outcome: 'hit', key: '@a:user:1', pattern: 'user:{}' });
    tenant = 'b';
    expect((await cache.explain(k)).outcome).to.equal('miss');
  });

  it('is refused for what is no key, and for options that are none', async () => {
    await expectCacheRejection(cache.explain('user:1' as never), 'ERR_CACHE_KEY_INVALID', '`key`', 'let keys collide');
    const userKey = (id: number) => key`user:${id}`;
    await expectCacheRejection(cache.explain(userKey as never), 'ERR_CACHE_KEY_INVALID', '`key`', 'call it with');
    await expectCacheRejection(cache.explain(1 as never), 'ERR_CACHE_KEY_INVALID', '`key`', 'got 1');
    await expectCacheRejection(
      cache.explain(k, 'values' as never),
      'ERR_CACHE_OPTION_INVALID',
      '`options`',
      'an object',
    );
    await expectCacheRejection(
      cache.explain(k, { values: 'yes' as never }),
      'ERR_CACHE_OPTION_INVALID',
      '`values`',
      'true or false',
      '"yes"',
    );
  });
});
