import { expect } from 'chai';
import {
  createCache,
  deferInvalidations,
  key,
  MemoryStore,
  withCacheBypassed,
  withCacheRefreshed,
  type Cache,
  type Store,
} from 'freshkeep';

import { expectCacheRejection } from '../support/cache-errors.js';
import { ChaosStore } from '../support/chaos-store.js';
import { Deferred, settle } from '../support/deferred.js';
import { asElsewhere } from '../support/other-process.js';
import { Recorder } from '../support/recorder.js';

const k = key`k`;
const LONG = { ttl: '10m', staleWhileRevalidate: '10m' } as const;

const STORES: readonly (readonly [string, () => Store])[] = [
  ['memory', () => new MemoryStore()],
  ['a store that answers later', () => new ChaosStore()],
];

for (const [title, createStore] of STORES) {
  describe(`A mode of calls, over ${title}`, () => {
    let store: Store;
    let cache: Cache;
    let source: () => string | Promise<string>;

    beforeEach(async () => {
      store = createStore();
      cache = createCache({ store });
      source = () => 'old';
      await find();
    });

    const find = (of = cache): Promise<string> => of.getOrLoad(k, () => source(), LONG);

    describe('that bypasses the cache', () => {
      it('reaches the method, and neither reads nor stores', async () => {
        source = () => 'new';
        const recorder = new Recorder(cache);
        expect(await withCacheBypassed(() => Promise.all([find(), find()]))).to.deep.equal(['new', 'new']);
        expect(recorder.names).to.deep.equal([]);
        expect(await find()).to.equal('old');
      });

      it('ends with its code, however that ends, also for what goes on in it', async () => {
        source = () => 'new';
        const later = new Deferred();
        let answer: Promise<string> | undefined;
        const outcome = withCacheBypassed(() => {
          answer = later.promise.then(() => find());
          throw new Error('thrown');
        });
        expect(await outcome.catch(String)).to.equal('Error: thrown');
        await withCacheBypassed(async () => {
          later.resolve();
          expect(await answer).to.equal('old');
        });
      });
    });

    describe('that refreshes', () => {
      it('loads anew, and stores what it has loaded', async () => {
        source = () => 'new';
        expect(await withCacheRefreshed(() => find())).to.equal('new');
        source = () => 'newer';
        expect(await find()).to.equal('new');
      });

      it('joins no load that began before, and stores what is newer than that', async () => {
        await cache.invalidate(k);
        const slow = new Deferred<string>();
        source = () => slow.promise;
        const before = find();
        await settle();
        source = () => 'new';
        expect(await withCacheRefreshed(() => find())).to.equal('new');
        slow.resolve('from before');
        expect(await before).to.equal('from before');
        await settle();
        expect(await find()).to.equal('new');
      });

      it('leaves a load that began before within the reach of an invalidation, though the store does not apply it', async () => {
        const failing = new ChaosStore();
        const there = createCache({ store: failing });
        const [slow, fresh] = [new Deferred<string>(), new Deferred<string>()];
        source = () => slow.promise;
        const before = find(there);
        await settle();
        source = () => fresh.promise;
        const anew = withCacheRefreshed(() => find(there));
        await settle();
        failing.fail('invalidate');
        await there.invalidate(k);
        slow.resolve('old');
        fresh.resolve('old');
        await Promise.all([before, anew]);
        await settle();
        expect(failing.calls).to.not.include('fill');
      });

      it('shares a load with other calls that refresh, and with those that come after', async () => {
        const gate = new Deferred<string>();
        let loads = 0;
        await cache.invalidate(k);
        source = () => ((loads += 1), gate.promise);
        const calls = withCacheRefreshed(() => Promise.all([find(), find()]));
        await settle();
        const plain = find();
        await settle();
        gate.resolve('new');
        expect([await calls, await plain, loads]).to.deep.equal([['new', 'new'], 'new', 1]);
      });

      it('waits for no other process', async () => {
        await cache.invalidate(k);
        source = () => new Deferred<string>().promise;
        void find(createCache({ store: asElsewhere(store) }));
        await settle();
        source = () => 'new';
        expect(await withCacheRefreshed(() => find())).to.equal('new');
      });

      it('leaves nothing older behind where another process fills meanwhile', async () => {
        const elsewhere = createCache({ store: asElsewhere(store) });
        await cache.invalidate(k);
        const [old, fresh] = [new Deferred<string>(), new Deferred<string>()];
        source = () => old.promise;
        const there = find(elsewhere);
        await settle();
        source = () => fresh.promise;
        const here = withCacheRefreshed(() => find());
        await settle();
        old.resolve('read before');
        await there;
        await settle();
        fresh.resolve('new');
        expect(await here).to.equal('new');
        await settle();
        source = () => 'new';
        expect(await find()).to.equal('new');
      });

      it('leaves what is there where the load fails', async () => {
        source = () => Promise.reject(new Error('down'));
        expect(await withCacheRefreshed(() => find()).catch(String)).to.equal('Error: down');
        expect(await find()).to.equal('old');
      });

      it('reloads all ids of a function that loads many, with one call', async () => {
        const asked: unknown[] = [];
        const many = cache.wrapMany(
          async (ids: readonly number[]) => (asked.push(ids), new Map(ids.map((id) => [id, asked.length]))),
          { key: (id: number) => key`many:${id}`, ttl: '10m' },
        );
        await many([1, 2]);
        expect([...(await withCacheRefreshed(() => many([1, 2, 3]))).values()]).to.deep.equal([2, 2, 2]);
        expect([...(await many([1, 2, 3])).values()]).to.deep.equal([2, 2, 2]);
        expect(asked).to.deep.equal([
          [1, 2],
          [1, 2, 3],
        ]);
      });
    });

    it('is that of the innermost', async () => {
      source = () => 'new';
      const recorder = new Recorder(cache);
      await withCacheRefreshed(() => withCacheBypassed(() => find()));
      expect(recorder.names).to.deep.equal([]);
      await withCacheBypassed(() => withCacheRefreshed(() => find()));
      expect(recorder.count('fill')).to.equal(1);
    });
  });
}

describe('What is no function', () => {
  const cache = createCache({ store: new MemoryStore() });
  const none = 7 as never;
  const CALLS: readonly (readonly [string, string, () => unknown])[] = [
    ['withCacheBypassed', 'code', () => withCacheBypassed(none)],
    ['withCacheRefreshed', 'code', () => withCacheRefreshed(none)],
    ['deferInvalidations', 'code', () => deferInvalidations(none)],
    ['wrap', 'load', () => cache.wrap(none, { key: k, ttl: '1m' })],
    ['wrapMany', 'load', () => cache.wrapMany(none, { key: k, ttl: '1m' } as never)],
    ['getOrLoad', 'load', () => cache.getOrLoad(k, none, { ttl: '1m' })],
  ];
  for (const [name, option, call] of CALLS) {
    it(`is refused by ${name}`, async () => {
      const code = 'ERR_CACHE_OPTION_INVALID';
      await expectCacheRejection(Promise.resolve().then(call), code, `Expected \`${option}\` to be a function, got 7`);
    });
  }

  const WITHOUT_OPTIONS: readonly (readonly [string, () => unknown])[] = [
    ['wrap', () => cache.wrap(async () => 1, undefined as never)],
    ['wrapMany', () => cache.wrapMany(async () => new Map(), undefined as never)],
    ['getOrLoad', () => cache.getOrLoad(k, () => 1, undefined as never)],
  ];
  for (const [name, call] of WITHOUT_OPTIONS) {
    it(`is as much an error as no options for ${name}`, async () => {
      const message = 'Expected `options` to be an object, got undefined';
      await expectCacheRejection(Promise.resolve().then(call), 'ERR_CACHE_OPTION_INVALID', message);
    });
  }
});
