import { expect } from 'chai';
import {
  Cached,
  createCache,
  deferInvalidations,
  diagnose,
  key,
  MemoryStore,
  OTHER_PATTERNS,
  UpdatesCache,
  withCacheBypassed,
  withCacheRefreshed,
  type Cache,
  type CacheStats,
  type PatternStats,
} from 'freshkeep';
import sinon, { type SinonFakeTimers } from 'sinon';

import { expectCacheError } from '../support/cache-errors.js';
import { ChaosStore } from '../support/chaos-store.js';
import { ControlledLoads } from '../support/controlled-loads.js';
import { settle } from '../support/deferred.js';

const userKey = (id: number) => key`user:${id}`;
const MINUTE = { ttl: '1m' } as const;

describe('The statistics of a cache', () => {
  let clock: SinonFakeTimers;
  let cache: Cache;

  beforeEach(() => {
    clock = sinon.useFakeTimers({ toFake: ['Date', 'performance', 'setTimeout', 'clearTimeout'] });
    cache = createCache({ store: new MemoryStore(), name: 'users' });
  });

  afterEach(() => {
    clock.restore();
  });

  const of = (pattern: string, stats: CacheStats = cache.stats()): PatternStats => {
    const found = stats.patterns.find((each) => each.pattern === pattern);
    if (found === undefined) throw new Error(`Expected statistics of ${pattern}`);
    return found;
  };

  it('count calls by how they were answered', async () => {
    const find = cache.wrap(async (id: number) => id, { key: 'user:{0}', ttl: '1m', staleWhileRevalidate: '1m' });
    for (const id of [1, 2, 1, 1]) await find(id);
    await clock.tickAsync(70_000);
    await find(1);
    await settle();
    expect(of('user:{}')).to.include({ calls: 5, misses: 2, localHits: 2, staleHits: 1, sharedHits: 0, hitRatio: 0.6 });
    expect(of('user:{}')).to.include({ refreshes: 1, fills: 3, coalesced: 0, failedLoads: 0 });
    expect(of('user:{}').loads.count).to.equal(3);
  });

  it('count the hits of every kind of key, entry and way of asking', async () => {
    const template = cache.wrap(async (id: number) => id, { key: 't:{0}', ...MINUTE });
    const two = cache.wrap(async (one: number, other: number) => one + other, { key: 'two:{0}:{1}', ...MINUTE });
    const byFunction = cache.wrap(async (id: number) => id, { key: userKey, ...MINUTE });
    const tagged = cache.wrap(async (id: number) => id, { key: 'g:{0}', ...MINUTE, tags: ['all'] });
    const cloned = cache.wrap(async (id: number) => new Date(id), { key: 'd:{0}', ...MINUTE });
    const many = cache.wrapMany(async (ids: number[]) => new Map(ids.map((id) => [id, id])), {
      key: (id: number) => key`m:${id}`,
      ...MINUTE,
    });
    for (let time = 0; time < 4; time += 1) {
      await Promise.all([template(1), two(1, 2), byFunction(1), tagged(1), cloned(1), many([1])]);
      await cache.getOrLoad(key`own`, () => 1, MINUTE);
    }
    for (const pattern of ['t:{}', 'two:{}:{}', 'user:{}', 'g:{}', 'd:{}', 'm:{}', 'own']) {
      expect(of(pattern), pattern).to.include({ calls: 4, localHits: 3, misses: 1, fills: 1 });
    }
  });

  it('tell two patterns of one key function apart', async () => {
    const find = cache.wrap(async (id: number) => id, {
      key: (id: number) => (id % 2 === 0 ? key`even:${id}` : key`odd:${id}`),
      ...MINUTE,
    });
    for (const id of [1, 2, 1, 2, 4]) await find(id);
    expect([of('odd:{}').calls, of('even:{}').calls]).to.deep.equal([2, 3]);
  });

  it('are those of the cache that answered, where a method has a cache for each instance', async () => {
    const other = createCache({ store: new MemoryStore() });
    class Users {
      readonly cache: Cache;
      constructor(own: Cache) {
        this.cache = own;
      }
      @Cached({ key: 'user:{0}', ttl: '1m', cache: (users: Users) => users.cache })
      async find(id: number): Promise<number> {
        return id;
      }
    }
    const [one, two] = [new Users(cache), new Users(other)];
    for (const users of [one, one, two, one, two, two, two]) await users.find(1);
    expect(of('user:{}')).to.include({ calls: 3, localHits: 2 });
    expect(of('user:{}', other.stats())).to.include({ calls: 4, localHits: 3 });
    await other.close();
  });

  it('count calls that join a load, and those that ask for the method itself', async () => {
    const loads = new ControlledLoads();
    const find = cache.wrap(loads.load, { key: 'user', ttl: '1m', when: () => true });
    const answers = [find(), find(), find()];
    (await loads.begun(0)).resolve('a');
    await Promise.all(answers);
    const bypassed = withCacheBypassed(() => find());
    (await loads.begun(1)).resolve('b');
    const refreshed = bypassed.then(() => withCacheRefreshed(() => find()));
    (await loads.begun(2)).resolve('c');
    await refreshed;
    expect(of('user')).to.include({ calls: 4, misses: 4, coalesced: 2, bypassed: 1 });
    expect(of('user').loads.count).to.equal(2);
  });

  it('tell how long loads took, failures included, and what hits have saved', async () => {
    let fails = true;
    const find = cache.wrap(
      async (id: number) => {
        await clock.tickAsync(fails ? 40 : 200);
        if (fails) throw new Error('away');
        return id;
      },
      { key: 'user:{0}', ...MINUTE },
    );
    await find(1).catch(() => undefined);
    fails = false;
    for (const id of [1, 1, 1]) await find(id);
    const { loads, failedLoads, timeSaved } = of('user:{}');
    expect([loads.count, loads.sum, failedLoads, timeSaved]).to.deep.equal([2, 240, 1, 2 * 120]);
  });

  it('count an expired value that answered for a failed load once, as the miss that it was or as what spared the source', async () => {
    let fails = false;
    const find = cache.wrap(
      async () => {
        if (fails) throw new Error('away');
        return 1;
      },
      { key: 'rate', ttl: '1m', staleIfError: '1h' },
    );
    await find();
    fails = true;
    await clock.tickAsync(90_000);
    await find();
    await find();
    expect(of('rate')).to.include({ calls: 3, misses: 2, staleIfErrorHits: 2, failedLoads: 1 });
    expect(of('rate').hitRatio).to.equal(1 / 3);
  });

  it('count values that were not stored, by why', async () => {
    const findOdd = cache.wrap(async (id: number) => id, {
      key: 'odd:{0}',
      ...MINUTE,
      storeIf: (value) => value % 2 === 1,
    });
    for (const id of [1, 2, 2]) await findOdd(id);
    expect(of('odd:{}')).to.include({ fills: 1, unwantedFills: 2 });

    const failing = cache.wrap(async () => 1, {
      key: 'failing',
      ttl: () => {
        throw new Error('no');
      },
    });
    await failing();
    expect(of('failing')).to.include({ unwantedFills: 0, failedOptions: 1, fills: 0 });

    const loads = new ControlledLoads();
    const answer = cache.getOrLoad(userKey(1), loads.load, MINUTE);
    const load = await loads.begun(0);
    await cache.invalidate(userKey(1));
    load.resolve('old');
    await answer;
    expect(of('user:{}')).to.include({ refusedFills: 1, invalidations: 1, fills: 0 });
  });

  it('count what the store could not do, and values loaded without it', async () => {
    const store = new ChaosStore();
    const away = createCache({ store });
    store.fail('read');
    await away.getOrLoad(userKey(1), () => 1, MINUTE);
    store.calm();
    const { events } = away.stats();
    expect(events['store-failed']).to.be.at.least(1);
    expect(of('user:{}', away.stats())).to.include({ misses: 1, ticketlessFills: 1, fills: 0 });
  });

  it('tell who fills a pattern, and for how long', async () => {
    class Users {
      @Cached({ key: userKey, ttl: '1m', staleWhileRevalidate: '5m', cache: () => cache })
      async find(id: number): Promise<number> {
        return id;
      }
      @UpdatesCache({ key: userKey, ttl: '2m', cache: () => cache })
      async save(id: number): Promise<number> {
        return id;
      }
    }
    const users = new Users();
    await users.find(1);
    await users.save(1);
    await cache.set(userKey(2), 2, { ttl: '3m', tags: ['two'] });
    await cache.get(userKey(2));
    const { fillers, directReads, directWrites, fills } = of('user:{}');
    expect({ directReads, directWrites, fills }).to.deep.equal({ directReads: 1, directWrites: 1, fills: 3 });
    const plain = { fills: 1, staleWhileRevalidate: 0, tagged: false };
    expect(fillers).to.deep.equal([
      { ...plain, by: 'Users.find', shortestTtl: 60_000, longestTtl: 60_000, staleWhileRevalidate: 300_000 },
      { ...plain, by: 'Users.save', shortestTtl: 120_000, longestTtl: 120_000 },
      { ...plain, by: 'cache.set', shortestTtl: 180_000, longestTtl: 180_000, tagged: true },
    ]);
  });

  it('count different keys, and weigh values', async () => {
    const find = cache.wrap(async (id: number) => 'x'.repeat(50 + (id % 2)), { key: 'user:{0}', ...MINUTE });
    for (let id = 0; id < 5_000; id += 1) await find(id % 3_000);
    const { keys, bytesPerEntry } = of('user:{}').estimates;
    expect(keys).to.be.closeTo(3_000, 600);
    expect(bytesPerEntry).to.be.within(100, 102);
  });

  it('tell entries that nobody read before they ended', async () => {
    const find = cache.wrap(async (id: number) => id, { key: 'user:{0}', ...MINUTE });
    for (const id of [1, 2, 3, 4, 1, 2]) await find(id);
    expect(of('user:{}').estimates).to.include({ ended: 0, unread: 0 });
    await cache.invalidate(userKey(1), userKey(3));
    expect(of('user:{}').estimates).to.include({ ended: 2, unread: 1 });
    await clock.tickAsync(60_000);
    expect(of('user:{}').estimates).to.include({ ended: 4, unread: 2 });
    expect(of('user:{}').estimates, 'said twice').to.include({ ended: 4, unread: 2 });
  });

  it('take an entry for read that `cache.get` has found', async () => {
    for (const id of [1, 2]) await cache.getOrLoad(userKey(id), () => id, MINUTE);
    await cache.get(userKey(1));
    await cache.get(userKey(3));
    await clock.tickAsync(60_000);
    expect(of('user:{}').estimates).to.include({ ended: 2, unread: 1 });
  });

  describe('where few of the keys are watched', () => {
    /** Calls all keys, each twice at once, then again when their entries have run out. */
    const callTwice = async (maxEntries: number) => {
      const few = createCache({ store: new MemoryStore({ maxEntries }), statistics: { sampledKeys: 400 } });
      const find = few.wrap(async (id: number) => Promise.resolve(id), { key: 'user:{0}', ...MINUTE });
      for (let time = 0; time < 2; time += 1) {
        for (let id = 0; id < 5_000; id += 1) await Promise.all([find(id), find(id)]);
        await clock.tickAsync(60_000);
      }
      return of('user:{}', few.stats()).estimates;
    };
    const scaled = (estimate: number, exact: number) => {
      expect(estimate).to.be.within(0.75 * exact, 1.25 * exact);
    };

    it('scale to all keys what they tell of calls and entries', async () => {
      const { keys, ended, unread, waitedAtExpiry } = await callTwice(10_000);
      scaled(keys, 5_000);
      scaled(ended, 10_000);
      scaled(unread, 10_000);
      scaled(waitedAtExpiry, 5_000);
    });

    it('scale to all keys what they tell of evictions', async () => {
      const { evictions } = await callTwice(1_000);
      scaled(evictions, 9_000);
    });
  });

  it('tell entries that gave way to others', async () => {
    const small = createCache({ store: new MemoryStore({ maxEntries: 10 }) });
    const find = small.wrap(async (id: number) => id, { key: 'user:{0}', ...MINUTE });
    for (let id = 0; id < 30; id += 1) await find(id);
    expect(of('user:{}', small.stats()).estimates).to.include({ evictions: 20, ended: 20, unread: 20 });
  });

  it('tell calls that waited because an entry ran out, not those of a first load or after an invalidation', async () => {
    const loads = new ControlledLoads();
    const find = cache.wrap(loads.load, { key: 'user', ...MINUTE });
    const waitFor = async (number: number) => {
      const answers = [find(), find(), find()];
      (await loads.begun(number)).resolve('a');
      await Promise.all(answers);
    };
    await waitFor(0);
    await cache.invalidate(key`user`);
    await waitFor(1);
    expect(of('user').estimates.waitedAtExpiry).to.equal(0);
    await clock.tickAsync(60_000);
    await waitFor(2);
    expect(of('user').coalesced).to.equal(6);
    expect(of('user').estimates.waitedAtExpiry).to.equal(2);
  });

  describe('about values that are loaded again', () => {
    let value: unknown;
    let find: () => Promise<unknown>;

    beforeEach(() => {
      value = { version: 1 };
      find = cache.wrap(async () => structuredClone(value), { key: 'user', ...MINUTE });
    });

    const reloadAfter = async (milliseconds: number) => {
      await clock.tickAsync(milliseconds);
      await find();
    };

    it('tell whether they had changed', async () => {
      await find();
      await reloadAfter(60_000);
      value = { version: 2 };
      await reloadAfter(61_000);
      await reloadAfter(90_000);
      expect(of('user').reloads).to.deep.equal({ count: 3, changed: 1, ages: 211_000 });
    });

    const changes: readonly (readonly [string, () => Promise<unknown>])[] = [
      ['invalidated', () => cache.invalidate(key`user`)],
      ['invalidated by a tag', () => cache.invalidateTags('users')],
      ['cleared', () => cache.clear()],
      ['replaced', () => cache.set(key`user`, 3, { ttl: '1m' })],
      ['wanted anew', () => withCacheRefreshed(find)],
    ];
    for (const [title, change] of changes) {
      it(`leave out one that somebody has ${title} in between`, async () => {
        find = cache.wrap(async () => structuredClone(value), { key: 'user', ...MINUTE, tags: ['users'] });
        await find();
        await clock.tickAsync(30_000);
        value = { version: 2 };
        await change();
        await reloadAfter(60_000);
        expect(of('user').reloads).to.deep.equal({ count: 0, changed: 0, ages: 0 });
        await reloadAfter(60_000);
        expect(of('user').reloads, 'the next one').to.deep.include({ count: 1, changed: 0 });
      });
    }

    const overtaken: readonly (readonly [string, () => Promise<unknown>])[] = [
      ['of the key', () => cache.invalidate(key`user`)],
      ['of a tag', () => cache.invalidateTags('users')],
      ['of everything', () => cache.clear()],
    ];
    for (const [title, invalidate] of overtaken) {
      it(`leave out a load that ended while an invalidation ${title} was under way`, async () => {
        find = cache.wrap(async () => structuredClone(value), { key: 'user', ...MINUTE, tags: ['users'] });
        await find();
        await clock.tickAsync(60_000);
        value = { version: 2 };
        await Promise.all([invalidate(), find()]);
        expect(of('user').reloads).to.deep.equal({ count: 0, changed: 0, ages: 0 });
      });
    }

    it('leave out the load after an invalidation that was rolled back, and take the entry for alive', async () => {
      await find();
      const writing = deferInvalidations(async () => {
        await cache.invalidate(key`user`);
        throw new Error('rolled back');
      });
      expect(await writing.catch((error: unknown) => error)).to.be.an('error');
      expect(of('user').estimates).to.include({ ended: 0, unread: 0 });
      await reloadAfter(60_000);
      expect(of('user').reloads).to.deep.equal({ count: 0, changed: 0, ages: 0 });
      await reloadAfter(60_000);
      expect(of('user').reloads, 'the next one').to.deep.include({ count: 1, changed: 0 });
    });

    it('leave out a load that was overtaken by an invalidation', async () => {
      const loads = new ControlledLoads();
      const slow = cache.wrap(loads.load, { key: 'slow', ...MINUTE });
      const first = slow();
      const load = await loads.begun(0);
      await cache.invalidate(key`slow`);
      load.resolve('from before');
      await first;
      const second = slow();
      (await loads.begun(1)).resolve('from after');
      await second;
      expect(of('slow').reloads).to.deep.equal({ count: 0, changed: 0, ages: 0 });
    });
  });

  const unstored: readonly (readonly [string, () => Promise<unknown>, boolean])[] = [
    ['are not to be stored', async () => 'empty', false],
    ['cannot be loaded', () => Promise.reject(new Error('no')), true],
  ];
  for (const [title, load, storeIf] of unstored) {
    it(`promise no hits, with whatever ttl, of values that ${title}`, async () => {
      const find = cache.wrap(load, { key: 'user', ttl: '1h', storeIf: () => storeIf });
      for (let call = 0; call < 100; call += 1) {
        await find().catch(() => undefined);
        await clock.tickAsync(2_000);
      }
      expect(of('user').hitRatio).to.equal(0);
      for (const { ttl, hitRatio } of of('user').ttlCurve) expect(hitRatio, String(ttl)).to.equal(0);
    });
  }

  it('promise no hits, with whatever ttl, of values that a tag has invalidated meanwhile', async () => {
    const find = cache.wrap(async () => new Promise((resolve) => setTimeout(resolve, 500, 'value')), {
      key: 'user',
      ttl: '1h',
      tags: ['t'],
    });
    for (let call = 0; call < 50; call += 1) {
      const answer = find();
      await clock.tickAsync(400);
      await cache.invalidateTags('t');
      await clock.tickAsync(100);
      await answer;
    }
    expect(of('user')).to.include({ hitRatio: 0, refusedFills: 50 });
    for (const { ttl, hitRatio } of of('user').ttlCurve) expect(hitRatio, String(ttl)).to.equal(0);
  });

  it('promise no hits, with whatever ttl, of calls that want their value anew, or find the store away', async () => {
    const store = new ChaosStore();
    const away = createCache({ store });
    const find = away.wrap(async () => 'value', { key: 'user', ttl: '1h' });
    for (let call = 0; call < 20; call += 1) await withCacheRefreshed(find);
    store.fail('read');
    for (let call = 0; call < 20; call += 1) await find();
    store.calm();
    expect(of('user', away.stats())).to.include({ calls: 40, misses: 40 });
    for (const { hitRatio } of of('user', away.stats()).ttlCurve) expect(hitRatio).to.equal(0);
    for (let call = 0; call < 40; call += 1) await find();
    for (const { hitRatio } of of('user', away.stats()).ttlCurve) expect(hitRatio).to.equal(0.5);
  });

  it('promise hits, with a longer ttl, of what another process has loaded while calls waited', async () => {
    const store = new MemoryStore();
    const [here, elsewhere] = [createCache({ store }), createCache({ store })];
    const load = async () => new Promise((resolve) => setTimeout(resolve, 500, 'value'));
    const answers = [elsewhere, here].map((each) => each.getOrLoad(key`user`, load, MINUTE));
    await clock.tickAsync(2_000);
    await Promise.all(answers);
    expect(of('user', here.stats())).to.include({ waits: 1, fills: 0 });
    await clock.tickAsync(120_000);
    const again = here.getOrLoad(key`user`, load, MINUTE);
    await clock.tickAsync(500);
    await again;
    const { ttlCurve } = of('user', here.stats());
    expect([ttlCurve[0]?.hitRatio, ttlCurve.at(-1)?.hitRatio]).to.deep.equal([0, 0.5]);
  });

  it('count, with whatever ttl, on what writers store', async () => {
    const find = cache.wrap(async () => 'value', { key: 'user', ttl: '1h' });
    await find();
    for (let call = 0; call < 99; call += 1) {
      if (call % 5 === 0) await cache.set(key`user`, call, { ttl: '1h' });
      await find();
      await clock.tickAsync(100);
    }
    expect(of('user').hitRatio).to.equal(0.99);
    for (const { hitRatio } of of('user').ttlCurve) expect(hitRatio).to.equal(0.99);
  });

  it('are figures, and can be diagnosed, of keys that were never looked for', async () => {
    await cache.set(key`written:${1}`, 1, MINUTE);
    await withCacheRefreshed(() => cache.getOrLoad(key`anew:${1}`, () => 1, MINUTE));
    const store = new ChaosStore();
    const away = createCache({ store });
    store.fail('read');
    await away.getOrLoad(key`away:${1}`, () => 1, MINUTE);
    for (const each of [cache, away]) diagnose(JSON.parse(JSON.stringify(each.stats())) as CacheStats);
  });

  it('count who joins a load once, though it starts over', async () => {
    const loads = new ControlledLoads();
    const find = cache.wrap(loads.load, { key: 'user', ...MINUTE, tags: ['t'] });
    const answers = Array.from({ length: 5 }, () => find());
    const first = await loads.begun(0);
    await cache.invalidateTags('t');
    first.resolve('old');
    (await loads.begun(1)).resolve('new');
    expect(await Promise.all(answers)).to.deep.equal(['old', 'new', 'new', 'new', 'new']);
    expect(of('user')).to.include({ calls: 5, misses: 5, coalesced: 4 });
  });

  it('promise no fewer hits for a refresh that fails', async () => {
    let fails = false;
    const load = async () => {
      if (fails) throw new Error('no');
      return 'value';
    };
    const find = cache.wrap(load, { key: 'user', ttl: '1s', staleWhileRevalidate: '1h' });
    await find();
    fails = true;
    for (let call = 0; call < 50; call += 1) {
      await clock.tickAsync(2_000);
      await find();
    }
    expect(of('user').failedLoads).to.be.above(0);
    expect(of('user').ttlCurve.find(({ ttl }) => ttl === 3_600_000)?.hitRatio).to.be.closeTo(50 / 51, 0.001);
  });

  it('name patterns under which the same values are found', async () => {
    const user = { id: 1, name: 'Ada', mail: 'ada@example.org' };
    await cache.getOrLoad(key`user:${1}`, () => ({ ...user }), MINUTE);
    await cache.getOrLoad(key`profile:${1}`, () => ({ ...user }), MINUTE);
    await cache.getOrLoad(key`flag:${1}`, () => true, MINUTE);
    await cache.getOrLoad(key`other-flag:${1}`, () => true, MINUTE);
    expect(cache.stats().sharedValues).to.deep.equal([{ patterns: ['profile:{}', 'user:{}'], loads: 1 }]);
  });

  it('count patterns beyond the most that may be told apart together', async () => {
    const few = createCache({ store: new MemoryStore(), statistics: { maxPatterns: 2 } });
    for (const each of [key`a`, key`b`, key`c`, key`d`]) await few.getOrLoad(each, () => 1, MINUTE);
    expect(few.stats().patterns.map(({ pattern }) => pattern)).to.have.members(['a', 'b', OTHER_PATTERNS]);
    expect(of(OTHER_PATTERNS, few.stats()).calls).to.equal(2);
  });

  it('watch no more keys than they may, and see hits of those alone that they watch', async () => {
    const few = createCache({ store: new MemoryStore(), statistics: { sampledKeys: 8 } });
    const find = few.wrap(async (id: number) => id, { key: 'user:{0}', ...MINUTE });
    for (let time = 0; time < 3; time += 1) for (let id = 0; id < 1_000; id += 1) await find(id);
    const { sampledKeys } = few.stats();
    expect(sampledKeys).to.be.within(1, 8);
    expect(of('user:{}', few.stats())).to.include({ calls: 3_000, localHits: 2_000 });
  });

  it('are plain data, with the most called pattern first, and name no key', async () => {
    await cache.getOrLoad(key`rare:${'secret'}`, () => 'value', MINUTE);
    for (let time = 0; time < 3; time += 1) await cache.getOrLoad(key`often:${'secret'}`, () => 'value', MINUTE);
    const stats = cache.stats();
    expect(JSON.parse(JSON.stringify(stats))).to.deep.equal(stats);
    expect(JSON.stringify(stats)).not.to.include('secret').and.not.to.include('value"');
    expect(stats.patterns.map(({ pattern }) => pattern)).to.deep.equal(['often:{}', 'rare:{}']);
    expect(stats).to.include({ cache: 'users', at: Date.now() });
  });

  it('do not come in the way of values that cannot be looked at, and of callers without a class', async () => {
    const value = {
      get name() {
        throw new Error('no');
      },
    };
    const open = createCache({ store: new MemoryStore({ isolation: 'none' }) });
    const find = open.wrap(async () => value, { key: 'user', ...MINUTE });
    expect(await find()).to.equal(value);
    expect(await find()).to.equal(value);
    class Users {
      @Cached({ key: 'own', ttl: '1m', cache: () => open })
      async find(): Promise<number> {
        return 1;
      }
    }
    class Nameless {
      static get name(): string {
        throw new Error('no');
      }
    }
    const selves = [undefined, null, Object.create(null), 7, Users, { constructor: 1 }, new Nameless(), Nameless];
    for (const self of selves) {
      expect(await Reflect.apply(Users.prototype.find, self, [])).to.equal(1);
      await open.invalidate(key`own`);
    }
  });

  for (const option of ['maxPatterns', 'sampledKeys']) {
    it(`refuse what is no number of ${option}`, () => {
      for (const wrong of [0, -1, 1.5, '10', null]) {
        const create = () => createCache({ store: new MemoryStore(), statistics: { [option]: wrong } });
        expectCacheError(create, 'ERR_CACHE_OPTION_INVALID', `statistics.${option}`);
      }
    });
  }
});
