import { expect } from 'chai';
import { createCache, key, MemoryStore, TieredStore, type Cache, type RefreshLock, type Store } from 'freshkeep';
import sinon, { type SinonFakeTimers } from 'sinon';

import { isDue } from '../../lib/entry/early.js';
import { expectCacheRejection } from '../support/cache-errors.js';
import { ChaosStore } from '../support/chaos-store.js';
import { Deferred, settle } from '../support/deferred.js';
import { asElsewhere } from '../support/other-process.js';
import { SharedMedium, SharedMemoryStore } from '../support/shared-memory-store.js';

const k = key`k`;

const STORES: readonly (readonly [string, () => Store])[] = [
  ['memory', () => new MemoryStore()],
  ['a store that answers later', () => new ChaosStore()],
  [
    'two tiers',
    () => new TieredStore({ l1: new MemoryStore(), l2: new SharedMemoryStore(new SharedMedium()), l1Ttl: '1h' }),
  ],
];

for (const [title, createStore] of STORES) {
  describe(`Early refresh, over ${title}`, () => {
    let clock: SinonFakeTimers;
    let store: Store;
    let cache: Cache;
    let source: () => string | Promise<string>;
    let chance: sinon.SinonStub<[], number>;
    let loads: number;

    beforeEach(async () => {
      clock = sinon.useFakeTimers();
      chance = sinon.stub(Math, 'random').returns(0);
      store = createStore();
      cache = createCache({ store });
      loads = 0;
      source = () => new Promise((resolve) => setTimeout(resolve, 1_000, 'first'));
      const first = find();
      await clock.tickAsync(1_000);
      await first;
      source = () => 'second';
    });

    afterEach(() => {
      chance.restore();
      clock.restore();
    });

    const options = { ttl: '100s', earlyRefresh: true } as const;
    const find = (of = cache): Promise<string> => of.getOrLoad(k, () => ((loads += 1), source()), options);

    /** What `-ln(1 - random)` has to be. */
    function letFactorBe(factor: number): void {
      chance.returns(1 - Math.exp(-factor));
    }

    it('refreshes in the background by chance, and the call has the fresh value at once', async () => {
      await clock.tickAsync(97_000);
      letFactorBe(2.9);
      expect([await find(), loads]).to.deep.equal(['first', 1]);
      letFactorBe(3.1);
      expect(await find()).to.equal('first');
      await settle();
      expect(loads).to.equal(2);
      letFactorBe(0);
      expect(await find()).to.equal('second');
      await clock.tickAsync(50_000);
      expect([await find(), loads]).to.deep.equal(['second', 2]);
    });

    it('does so no earlier than 20 % of the ttl before its end, whatever the chance', async () => {
      await clock.tickAsync(79_500);
      letFactorBe(1_000);
      await find();
      await settle();
      expect(loads).to.equal(1);
      await clock.tickAsync(1_000);
      await find();
      await settle();
      expect(loads).to.equal(2);
    });

    it('refreshes once, however many calls are due', async () => {
      await clock.tickAsync(95_000);
      letFactorBe(1_000);
      const slow = new Deferred<string>();
      source = () => slow.promise;
      await Promise.all(Array.from({ length: 20 }, () => find()));
      await settle();
      expect(loads).to.equal(2);
      slow.resolve('second');
      await settle();
      expect([await find(), loads]).to.deep.equal(['second', 2]);
    });

    it('serves on where it fails, and does not try again at once', async () => {
      await clock.tickAsync(95_000);
      letFactorBe(1_000);
      source = () => Promise.reject(new Error('down'));
      for (let call = 1; call <= 5; call += 1) expect(await find()).to.equal('first');
      await settle();
      await find();
      expect(loads).to.equal(2);
    });

    it('stores nothing that was invalidated meanwhile', async () => {
      await clock.tickAsync(95_000);
      letFactorBe(1_000);
      const slow = new Deferred<string>();
      source = () => slow.promise;
      await find();
      await settle();
      await cache.invalidate(k);
      slow.resolve('old');
      await settle();
      expect(await cache.get(k)).to.equal(undefined);
    });
  });
}

describe('Early refresh by several processes', () => {
  let clock: SinonFakeTimers;
  let chance: sinon.SinonStub<[], number>;

  beforeEach(() => {
    clock = sinon.useFakeTimers();
    chance = sinon.stub(Math, 'random').returns(0);
  });

  afterEach(() => {
    chance.restore();
    clock.restore();
  });

  it('is done by one, also where another one gets the lock only after that', async () => {
    const store = new ChaosStore();
    const late = new Deferred();
    const acquire: RefreshLock['acquire'] = async (...args) => {
      await late.promise;
      return store.lock.acquire(...args);
    };
    const here = createCache({ store });
    const there = createCache({ store: { ...asElsewhere(store), lock: { acquire } } });
    let loads = 0;
    const load = () => new Promise((resolve) => setTimeout(resolve, 100, (loads += 1)));
    const find = (cache: Cache) => cache.getOrLoad(k, load, { ttl: '100s', earlyRefresh: { beta: 1_000 } });
    void find(here);
    await clock.tickAsync(100);
    await clock.tickAsync(95_000);
    chance.returns(0.99);
    expect(await Promise.all([find(here), find(there)])).to.deep.equal([1, 1]);
    await clock.tickAsync(200);
    expect(loads).to.equal(2);
    late.resolve();
    await clock.tickAsync(200);
    expect([loads, await here.get(k)]).to.deep.equal([2, 2]);
  });
});

describe('The chance of an early refresh', () => {
  it('is that of XFetch: of entries with this much left, those for whom an exponential variable times their load exceeds it', () => {
    const draws = 20_000;
    for (const [left, loadTook, beta] of [
      [100, 100, 1],
      [200, 100, 1],
      [200, 100, 2],
      [50, 100, 0.5],
    ] as const) {
      const terms = { loadTook, ttl: 10_000, freshUntil: left };
      const due = Array.from({ length: draws }, () => isDue(terms, beta, 0)).filter(Boolean).length;
      expect(due / draws, `${left} ${loadTook} ${beta}`).to.be.closeTo(Math.exp(-left / (loadTook * beta)), 0.02);
    }
  });

  it('is none for a load that took no time', () => {
    const terms = { loadTook: 0, ttl: 1_000, freshUntil: 1 };
    expect(Array.from({ length: 1_000 }, () => isDue(terms, 1, 0)).filter(Boolean)).to.deep.equal([]);
  });

  for (const wrong of ['yes', 0, { beta: 0 }, { beta: 'x' }, { beta: Infinity }, null]) {
    it(`is refused where it is ${JSON.stringify(wrong)}`, async () => {
      const call = createCache({ store: new MemoryStore() }).getOrLoad(k, () => 1, {
        ttl: '1m',
        earlyRefresh: wrong as never,
      });
      await expectCacheRejection(call, 'ERR_CACHE_OPTION_INVALID', '`earlyRefresh`', 'true, false or { beta }');
    });
  }
});
