import { expect } from 'chai';
import { createCache, key, MemoryStore, type Cache, type CacheEventName, type Store } from 'freshkeep';
import sinon, { type SinonFakeTimers } from 'sinon';

import { expectCacheRejection } from '../support/cache-errors.js';
import { ChaosStore } from '../support/chaos-store.js';
import { Deferred, settle } from '../support/deferred.js';
import { asElsewhere } from '../support/other-process.js';

const userKey = (id: number) => key`user:${id}`;
const LONG = { ttl: '10m' } as const;

const STORES: readonly (readonly [string, () => Store])[] = [
  ['memory', () => new MemoryStore()],
  ['a store that answers later', () => new ChaosStore()],
];

for (const [title, createStore] of STORES) {
  describe(`A function that loads many, over ${title}`, () => {
    let clock: SinonFakeTimers;
    let store: Store;
    let cache: Cache;
    let asked: (readonly number[])[];
    let version: string;

    beforeEach(() => {
      clock = sinon.useFakeTimers({ toFake: ['Date', 'performance', 'setTimeout', 'clearTimeout'] });
      store = createStore();
      cache = createCache({ store });
      asked = [];
      version = 'v1';
    });

    afterEach(() => {
      clock.restore();
    });

    /** There is a value for each id below 100. */
    async function load(ids: readonly number[]): Promise<Map<number, string>> {
      asked.push(ids);
      const now = version;
      await Promise.resolve();
      return new Map(ids.filter((id) => id < 100).map((id) => [id, `${id} ${now}`]));
    }

    const find = (ids: readonly number[], of = cache) => of.wrapMany(load, { key: userKey, ...LONG })(ids);
    const findOne = (id: number, of = cache) => of.getOrLoad(userKey(id), () => `${id} alone`, LONG);
    const mapOf = (...ids: readonly number[]) => new Map(ids.map((id) => [id, `${id} ${version}`]));

    it('loads the missing ids alone, with one call', async () => {
      expect(await find([1, 2, 3])).to.deep.equal(mapOf(1, 2, 3));
      expect(await find([2, 4, 3, 5])).to.deep.equal(mapOf(2, 4, 3, 5));
      expect(await find([5, 1])).to.deep.equal(mapOf(5, 1));
      expect(asked).to.deep.equal([
        [1, 2, 3],
        [4, 5],
      ]);
    });

    it('gives the values in the order of the ids, each once, and asks for each once', async () => {
      const found = await find([3, 1, 3, 2, 1]);
      expect([...found.keys()]).to.deep.equal([3, 1, 2]);
      expect(asked).to.deep.equal([[3, 1, 2]]);
    });

    it('calls nothing for no ids', async () => {
      expect(await find([])).to.deep.equal(new Map());
      expect(asked).to.deep.equal([]);
    });

    it('shares each value with those who load it alone', async () => {
      expect(await findOne(1)).to.equal('1 alone');
      expect(await find([1, 2])).to.deep.equal(new Map([[1, '1 alone'], [2, '2 v1']])); // prettier-ignore
      expect(await findOne(2)).to.equal('2 v1');
      expect(asked).to.deep.equal([[2]]);
    });

    it('loads an id again after its invalidation, and no other', async () => {
      await find([1, 2, 3]);
      await cache.invalidate(userKey(2));
      version = 'v2';
      expect(await find([1, 2, 3])).to.deep.equal(new Map([[1, '1 v1'], [2, '2 v2'], [3, '3 v1']])); // prettier-ignore
      expect(asked[1]).to.deep.equal([2]);
    });

    it('leaves out ids without a value, and asks for them again', async () => {
      expect(await find([1, 100])).to.deep.equal(mapOf(1));
      expect(await find([1, 100])).to.deep.equal(mapOf(1));
      expect(asked).to.deep.equal([[1, 100], [100]]);
    });

    it('stores that there is none where it is told to', async () => {
      const findAll = cache.wrapMany(load, { key: userKey, ...LONG, storeAbsent: true });
      expect(await findAll([1, 100])).to.deep.equal(mapOf(1));
      expect(await findAll([1, 100])).to.deep.equal(mapOf(1));
      expect(asked).to.deep.equal([[1, 100]]);
      expect(await findOne(100)).to.equal(undefined);
    });

    it('waits for what others are loading, one or many, and loads the rest', async () => {
      const [first, alone] = [new Deferred<Map<number, string>>(), new Deferred<string>()];
      const slowly = cache.wrapMany(() => first.promise, { key: userKey, ...LONG })([1, 2]);
      const single = cache.getOrLoad(userKey(3), () => alone.promise, LONG);
      await settle();
      const many = find([1, 2, 3, 4]);
      await settle();
      expect(asked).to.deep.equal([[4]]);
      first.resolve(new Map([[1, 'first'], [2, 'second']])); // prettier-ignore
      alone.resolve('third');
      expect([...(await many).values()]).to.deep.equal(['first', 'second', 'third', '4 v1']);
      expect([[...(await slowly).values()], await single]).to.deep.equal([['first', 'second'], 'third']);
    });

    it('is joined by those who ask for one of its ids meanwhile', async () => {
      const gate = new Deferred<Map<number, string>>();
      const many = cache.wrapMany(() => gate.promise, { key: userKey, ...LONG })([1, 2, 100]);
      await settle();
      const calls = [findOne(1), findOne(2), findOne(100)];
      await settle();
      gate.resolve(new Map([[1, 'first'], [2, 'second']])); // prettier-ignore
      expect(await Promise.all(calls)).to.deep.equal(['first', 'second', undefined]);
      expect((await many).size).to.equal(2);
    });

    it('does not wait for ids that another process loads, and takes these from it', async () => {
      const elsewhere = createCache({ store: asElsewhere(store) });
      const slow = new Deferred<string>();
      const there = elsewhere.getOrLoad(userKey(1), () => slow.promise, LONG);
      await settle();
      const many = find([1, 2]);
      await settle();
      expect(asked).to.deep.equal([[2]]);
      slow.resolve('from elsewhere');
      await there;
      await clock.tickAsync(1_000);
      expect([...(await many).values()]).to.deep.equal(['from elsewhere', '2 v1']);
      expect(asked).to.deep.equal([[2]]);
    });

    it('loads together what another process did not load after all', async () => {
      const elsewhere = createCache({ store: asElsewhere(store) });
      const failing = new Deferred<Map<number, string>>();
      const there = elsewhere.wrapMany(() => failing.promise, { key: userKey, ...LONG })([1, 2, 3]);
      await settle();
      const many = find([1, 2, 3, 4]);
      await settle();
      failing.reject(new Error('away'));
      expect(await there.catch(String)).to.equal('Error: away');
      await clock.tickAsync(2_000);
      await new Promise(setImmediate);
      expect(await many).to.deep.equal(mapOf(1, 2, 3, 4));
      expect(asked.flat().sort()).to.deep.equal([1, 2, 3, 4]);
    });

    it('serves stale values at once, and refreshes them with one call', async () => {
      const findFresh = cache.wrapMany(load, { key: userKey, ttl: '10s', staleWhileRevalidate: '1h' });
      await findFresh([1, 2, 3]);
      clock.tick(11_000);
      version = 'v2';
      const found = await findFresh([1, 2, 3, 4]);
      expect([...found.values()]).to.deep.equal(['1 v1', '2 v1', '3 v1', '4 v2']);
      await settle();
      await clock.tickAsync(10);
      expect(asked.slice(1)).to.have.deep.members([[4], [1, 2, 3]]);
      expect(await findFresh([1, 2, 3, 4])).to.deep.equal(mapOf(1, 2, 3, 4));
      expect(asked.length).to.equal(3);
    });

    it('splits calls for more ids than one may have', async () => {
      const findSome = cache.wrapMany(load, { key: userKey, ...LONG, batchSize: 2 });
      expect(await findSome([1, 2, 3, 4, 5])).to.deep.equal(mapOf(1, 2, 3, 4, 5));
      expect(asked).to.deep.equal([[1, 2], [3, 4], [5]]);
    });

    it('gives a list in the order of the ids, with undefined for those without a value', async () => {
      const list = async (ids: readonly number[]) => {
        const found = await load(ids);
        return ids.map((id) => found.get(id));
      };
      const findAll = cache.wrapMany(list, { key: userKey, ...LONG, returns: 'list' });
      expect(await findAll([2, 100, 1, 2])).to.deep.equal(['2 v1', undefined, '1 v1', '2 v1']);
      expect(await findAll([1, 3, 2])).to.deep.equal(['1 v1', '3 v1', '2 v1']);
      expect(asked).to.deep.equal([[2, 100, 1], [3]]);
    });

    it('rejects with the very error of the load, stores nothing, and tries again', async () => {
      const failure = new Error('away');
      const failing = cache.wrapMany(() => Promise.reject<Map<number, string>>(failure), { key: userKey, ...LONG });
      await findOne(1);
      const outcomes = [failing([1, 2]), failing([2, 3])].map((call) => call.catch((error: unknown) => error));
      for (const outcome of await Promise.all(outcomes)) expect(outcome).to.equal(failure);
      expect(await find([1, 2, 3])).to.deep.equal(new Map([[1, '1 alone'], [2, '2 v1'], [3, '3 v1']])); // prettier-ignore
    });

    it('rejects with what a load throws at once', async () => {
      const failure = new Error('thrown');
      const failing = cache.wrapMany<number, string, [], typeof userKey>(
        () => {
          throw failure;
        },
        { key: userKey, ...LONG },
      );
      expect(await failing([1, 2]).catch((error: unknown) => error)).to.equal(failure);
    });

    for (const [wrong, result] of [
      ['a list for a Map', ['a', 'b']],
      ['nothing', undefined],
      ['an id that was not asked for', new Map([[1, 'a'], [7, 'b']])], // prettier-ignore
    ] as const) {
      it(`refuses ${wrong}, and stores nothing`, async () => {
        const bad = cache.wrapMany(async () => result as Map<number, string>, { key: userKey, ...LONG });
        await expectCacheRejection(bad([1, 2]), 'ERR_CACHE_BATCH_INVALID', 'Expected the method to return');
        expect(await find([1, 2])).to.deep.equal(mapOf(1, 2));
      });
    }

    for (const [wrong, result] of [
      ['a shorter list', ['a']],
      ['a longer list', ['a', 'b', 'c']],
      ['a Map for a list', new Map()],
    ] as const) {
      it(`refuses ${wrong}, and stores nothing`, async () => {
        const options = { key: userKey, ...LONG, returns: 'list' } as const;
        const load = async () => result as unknown as string[];
        const bad = cache.wrapMany<number, string, [], typeof userKey>(load, options);
        await expectCacheRejection(bad([1, 2]), 'ERR_CACHE_BATCH_INVALID', 'a list of 2 values');
        expect(await find([1, 2])).to.deep.equal(mapOf(1, 2));
      });
    }

    it('refuses what is no list of ids', async () => {
      const call = find(7 as unknown as number[]);
      await expectCacheRejection(call, 'ERR_CACHE_BATCH_INVALID', 'first argument to be a list of ids, got 7');
    });

    it('stores nothing of a load in which an id was invalidated, but the others', async () => {
      const gate = new Deferred<Map<number, string>>();
      const many = cache.wrapMany(() => gate.promise, { key: userKey, ...LONG })([1, 2]);
      await settle();
      await cache.invalidate(userKey(1));
      gate.resolve(new Map([[1, 'old'], [2, 'old']])); // prettier-ignore
      await many;
      expect(await find([1, 2])).to.deep.equal(new Map([[1, '1 v1'], [2, 'old']])); // prettier-ignore
    });

    it('asks functions among the options for each id, with the other arguments', async () => {
      const told: unknown[] = [];
      const names = async (ids: readonly number[], suffix: string) => new Map(ids.map((id) => [id, `${id}${suffix}`]));
      const findNames = cache.wrapMany(names, {
        key: (id: number, suffix: string) => key`name:${id}:${suffix}`,
        ttl: (value, id, suffix) => (told.push(['ttl', value, id, suffix]), '1m'),
        storeIf: (value, id) => (told.push(['storeIf', value, id]), id !== 2),
        tags: (id) => [`of ${id}`],
      });
      expect(await findNames([1, 2], '!')).to.deep.equal(new Map([[1, '1!'], [2, '2!']])); // prettier-ignore
      expect(told).to.deep.equal([
        ['storeIf', '1!', 1],
        ['ttl', '1!', 1, '!'],
        ['storeIf', '2!', 2],
      ]);
      expect(await cache.get(key`name:${1}:${'!'}`)).to.equal('1!');
      await cache.invalidateTags('of 1');
      expect(await cache.get(key`name:${1}:${'!'}`)).to.equal(undefined);
    });

    it('leaves the cache out for ids that `when` excludes, and calls once all the same', async () => {
      const findAll = cache.wrapMany(load, { key: userKey, ...LONG, when: (id) => id !== 2 });
      for (let time = 1; time <= 2; time += 1) expect(await findAll([1, 2, 3])).to.deep.equal(mapOf(1, 2, 3));
      expect(asked).to.deep.equal([[1, 2, 3], [2]]);
    });

    it('may itself ask for its ids one by one', async () => {
      const calls: string[] = [];
      const one = (id: number) =>
        cache.getOrLoad(userKey(id), async () => (calls.push(`one ${id}`), `one ${id}`), LONG);
      const many = cache.wrapMany(
        async (ids: readonly number[]) =>
          new Map(await Promise.all(ids.map(async (id) => [id, await one(id)] as const))),
        { key: userKey, ...LONG },
      );
      expect([...(await many([1, 2])).values()]).to.deep.equal(['one 1', 'one 2']);
      expect(calls).to.deep.equal(['one 1', 'one 2']);
    });

    it('takes one slot of `maxConcurrentLoads`, whatever the number of ids', async () => {
      const bounded = createCache({ store, maxConcurrentLoads: 1 });
      expect(await find([1, 2, 3], bounded)).to.deep.equal(mapOf(1, 2, 3));
      const [first, second] = [find([4, 5, 6], bounded), find([6, 7, 8], bounded)];
      expect([await first, await second]).to.deep.equal([mapOf(4, 5, 6), mapOf(6, 7, 8)]);
      expect(bounded.health().loads).to.deep.equal({ running: 0, waiting: 0 });
    });

    for (const ids of [
      [1, 2],
      [2, 1],
    ]) {
      for (const [title, patience] of [
        ['', {}],
        [', nor where its caller has patience', { staleAfter: '5s' }],
      ] as const) {
        it(`does not hold up the missing ids for stale ones that wait for the same turn: ${ids.join(', ')}${title}`, async () => {
          const bounded = createCache({ store, maxConcurrentLoads: 1 });
          const options = { key: userKey, ttl: '10s', staleWhileRevalidate: '1h', ...patience } as const;
          const findFresh = bounded.wrapMany(load, options);
          await findFresh([1]);
          clock.tick(11_000);
          const found = findFresh(ids);
          await settle();
          await new Promise(setImmediate);
          await settle();
          expect(bounded.health().loads).to.deep.equal({ running: 0, waiting: 0 });
          expect((await found).size).to.equal(2);
          expect(asked.length).to.equal(3);
        });
      }
    }

    it('refreshes stale ids with one call, whenever each gets its ticket', async () => {
      const slowly = new ChaosStore();
      const findFresh = createCache({ store: slowly }).wrapMany(load, {
        key: userKey,
        ttl: '10s',
        staleWhileRevalidate: '1h',
      });
      await findFresh([1, 2, 3]);
      clock.tick(11_000);
      const gates: Deferred[] = [];
      slowly.disturb('open', () => gates[gates.push(new Deferred()) - 1]?.promise ?? Promise.resolve());
      await findFresh([1, 2, 3]);
      for (const gate of gates) {
        gate.resolve();
        await settle();
        await new Promise(setImmediate);
      }
      await settle();
      expect(asked.slice(1)).to.deep.equal([[1, 2, 3]]);
    });

    it('refreshes together those that no other process refreshes', async () => {
      const elsewhere = createCache({ store: asElsewhere(store) });
      const lifetime = { ttl: '10s', staleWhileRevalidate: '1h' } as const;
      const findFresh = cache.wrapMany(load, { key: userKey, ...lifetime });
      await findFresh([1, 2, 3]);
      clock.tick(11_000);
      void elsewhere.getOrLoad(userKey(2), () => new Deferred<string>().promise, lifetime);
      await settle();
      await findFresh([1, 2, 3]);
      await settle();
      await new Promise(setImmediate);
      expect(asked.slice(1)).to.deep.equal([[1, 3]]);
    });

    it('waits for another turn where its own is over, for what another process did not load after all', async () => {
      const bounded = createCache({ store, maxConcurrentLoads: 1 });
      const [there, other] = [new Deferred<string>(), new Deferred<string>()];
      const failing = createCache({ store: asElsewhere(store) }).getOrLoad(userKey(2), () => there.promise, LONG);
      await settle();
      const many = find([1, 2], bounded);
      await settle();
      const single = bounded.getOrLoad(userKey(3), () => other.promise, LONG);
      await settle();
      there.reject(new Error('away'));
      await failing.catch(String);
      await clock.tickAsync(1_000);
      await new Promise(setImmediate);
      await settle();
      expect([asked, bounded.health().loads]).to.deep.equal([[[1]], { running: 1, waiting: 1 }]);
      other.resolve('3');
      await single;
      await settle();
      await new Promise(setImmediate);
      expect([...(await many).keys()]).to.deep.equal([1, 2]);
      expect(asked).to.deep.equal([[1], [2]]);
    });

    it('loads with one call what several processes did not load after all, where it learns that in one turn', async () => {
      const elsewhere = createCache({ store: asElsewhere(store) });
      const there = new Deferred<Map<number, string>>();
      const failing = elsewhere.wrapMany(() => there.promise, { key: userKey, ...LONG, lock: { wait: '1s' } })([2, 3]);
      await settle();
      const many = cache.wrapMany(load, { key: userKey, ...LONG, lock: { wait: '50ms' } })([1, 2, 3]);
      await settle();
      await clock.tickAsync(60);
      await new Promise(setImmediate);
      await many;
      expect(asked).to.deep.equal([[1], [2, 3]]);
      there.reject(new Error('away'));
      await failing.catch(String);
    });

    it('gives each id its own value, though the method changes its list of ids', async () => {
      const sorting = async (ids: number[]) => {
        ids.sort();
        const found = await load([...ids]);
        ids.length = 0;
        return found;
      };
      const findAll = cache.wrapMany<number, string, [], typeof userKey>(sorting as never, { key: userKey, ...LONG });
      expect(await findAll([3, 1, 2])).to.deep.equal(mapOf(3, 1, 2));
      expect(await cache.get(userKey(3))).to.equal('3 v1');
    });

    it('answers for the ids that it was asked for, though its caller changes the list meanwhile', async () => {
      const list = async (ids: readonly number[]) => [...(await load(ids)).values()];
      const findAll = cache.wrapMany(list, { key: userKey, ...LONG, returns: 'list' });
      const ids = [1, 2];
      const found = findAll(ids);
      ids.unshift(7);
      expect(await found).to.deep.equal(['1 v1', '2 v1']);
    });

    it('asks once for ids of which the key is the same, and answers for each', async () => {
      const names: unknown[] = [];
      const findAll = cache.wrapMany(
        async (ids: readonly (number | string)[]) => (names.push(ids), new Map(ids.map((id) => [id, `n${id}`]))),
        { key: (id: number | string) => key`name:${id}`, ...LONG },
      );
      expect([...(await findAll([1, '1', 2]))]).to.deep.equal([[1, 'n1'], ['1', 'n1'], [2, 'n2']]); // prettier-ignore
      expect(names).to.deep.equal([[1, 2]]);
    });

    it('calls the method for all once the cache is closed', async () => {
      await find([1]);
      await cache.close();
      expect(await find([1, 2])).to.deep.equal(mapOf(1, 2));
      expect(asked).to.deep.equal([[1], [1, 2]]);
    });

    it('tells of each key what it tells of a call for it alone', async () => {
      const told: string[] = [];
      for (const name of ['hit', 'miss', 'load', 'fill'] satisfies CacheEventName[]) {
        cache.on(name, (event) => told.push(`${name} ${event.key}`));
      }
      await find([1]);
      told.splice(0);
      await find([1, 2]);
      await settle();
      expect(told).to.have.members(['hit user:1', 'miss user:2', 'load user:2', 'fill user:2']);
    });

    it('keeps nothing when it has settled', async () => {
      for (let time = 0; time < 10; time += 1) await find([1, 2, time]);
      await settle();
      expect(cache.health().loads).to.deep.equal({ running: 0, waiting: 0 });
      expect(clock.countTimers()).to.equal(0);
    });
  });
}

describe('A function that loads many, while the store is away', () => {
  it('is called once for all', async () => {
    const store = new ChaosStore();
    store.fail('read', 'open', 'fill', 'abandon');
    const asked: unknown[] = [];
    const find = createCache({ store }).wrapMany(
      async (ids: readonly number[]) => (asked.push(ids), new Map(ids.map((id) => [id, id]))),
      { key: userKey, ...LONG },
    );
    expect((await find([1, 2, 3])).size).to.equal(3);
    expect(asked).to.deep.equal([[1, 2, 3]]);
  });
});

describe('A wrong option of wrapMany', () => {
  const cache = createCache({ store: new MemoryStore() });
  for (const [option, value, expectation] of [
    ['returns', 'set', "'map' or 'list'"],
    ['storeAbsent', 1, 'true or false'],
    ['batchSize', 0, 'a whole number of at least 1'],
    ['batchSize', 1.5, 'a whole number of at least 1'],
  ] as const) {
    it(`is refused: \`${option}\` as ${value}`, () => {
      const options = { key: userKey, ...LONG, [option]: value };
      expect(() => cache.wrapMany(async () => new Map<number, string>(), options as never))
        .to.throw(`Expected \`${option}\` to be ${expectation}`)
        .with.property('code', 'ERR_CACHE_OPTION_INVALID');
    });
  }
});
