/* eslint-disable @typescript-eslint/no-meaningless-void-operator -- shows that a parameter is not forgotten */
import { expect } from 'chai';
import { Cached, configureCache, key, MemoryStore, UpdatesCache, deferInvalidations, createCache } from 'freshkeep';
import { getCacheMetadata, withCacheBypassed, type Cache, type Store, type UpdatesCacheOptions } from 'freshkeep';
import sinon, { type SinonFakeTimers } from 'sinon';

import { expectCacheError, expectCacheRejection } from '../support/cache-errors.js';
import { ChaosStore } from '../support/chaos-store.js';
import { Deferred, settle } from '../support/deferred.js';
import { useFakeTimers } from '../support/fake-timers.js';
import { asElsewhere } from '../support/other-process.js';

const userKey = (id: number) => key`user:${id}`;
const LONG = { ttl: '10m' } as const;

const STORES: readonly (readonly [string, () => Store])[] = [
  ['memory', () => new MemoryStore()],
  ['a store that answers later', () => new ChaosStore()],
];

for (const [title, createStore] of STORES) {
  describe(`@UpdatesCache, over ${title}`, () => {
    let clock: SinonFakeTimers;
    let store: Store;
    let cache: Cache;
    let loads: number;
    let read: () => string | Promise<string>;
    let write: (name: string) => string | Promise<string>;

    class Users {
      @Cached({ key: userKey, ...LONG })
      async find(id: number): Promise<string> {
        loads += 1;
        void id;
        return read();
      }

      @UpdatesCache({ key: userKey, ...LONG, tags: (id: number) => [`of ${id}`] })
      async rename(id: number, name: string): Promise<string> {
        void id;
        return write(name);
      }

      @UpdatesCache({ key: userKey, ...LONG, storeIf: (name: string) => name !== 'secret' })
      async renameSome(id: number, name: string): Promise<string> {
        void id;
        return write(name);
      }

      @UpdatesCache({ key: userKey, ...LONG, strict: true })
      async renameStrictly(id: number, name: string): Promise<string> {
        void id;
        return write(name);
      }

      @UpdatesCache({ key: userKey, ...LONG })
      async renameTo(id: number, name: unknown): Promise<unknown> {
        void id;
        return name;
      }
    }
    const users = new Users();

    beforeEach(() => {
      clock = useFakeTimers();
      store = createStore();
      cache = configureCache({ store });
      loads = 0;
      read = () => 'old';
      write = (name) => name;
    });

    afterEach(() => {
      clock.restore();
    });

    it('makes the result the entry, with its ttl and tags', async () => {
      await users.find(1);
      expect(await users.rename(1, 'new')).to.equal('new');
      expect([await users.find(1), loads]).to.deep.equal(['new', 1]);
      await cache.invalidateTags('of 1');
      expect([await users.find(1), loads]).to.deep.equal(['old', 2]);
      await users.rename(1, 'new');
      await clock.tickAsync(600_001);
      expect([await users.find(1), loads]).to.deep.equal(['old', 3]);
    });

    it('touches nothing where the method fails, and lets its error through', async () => {
      await users.find(1);
      const failure = new Error('refused');
      write = () => Promise.reject(failure);
      expect(await users.rename(1, 'new').catch((error: unknown) => error)).to.equal(failure);
      expect([await users.find(1), loads]).to.deep.equal(['old', 1]);
    });

    it('refuses the fill of a load that was under way, here and elsewhere', async () => {
      const elsewhere = createCache({ store: asElsewhere(store) });
      const slow = new Deferred<string>();
      read = () => slow.promise;
      const here = users.find(1);
      const there = elsewhere.getOrLoad(userKey(2), () => slow.promise, LONG);
      await settle();
      await users.rename(1, 'new');
      await users.rename(2, 'new');
      slow.resolve('old');
      expect([await here, await there]).to.deep.equal(['old', 'old']);
      await settle();
      expect([await users.find(1), await users.find(2)]).to.deep.equal(['new', 'new']);
    });

    it('is joined by no call to a load that began before it', async () => {
      const slow = new Deferred<string>();
      read = () => slow.promise;
      const before = users.find(1);
      await settle();
      await users.rename(1, 'new');
      expect(await users.find(1)).to.equal('new');
      slow.resolve('old');
      await before;
    });

    it('is joined by no call to a load that began before it, not even once its value has expired', async () => {
      cache = configureCache({ store, maxLoad: '1h' });
      const slow = new Deferred<string>();
      read = () => slow.promise;
      const before = users.find(1);
      await settle();
      await users.rename(1, 'new');
      await clock.tickAsync(600_001);
      read = () => 'newer';
      expect(await users.find(1)).to.equal('newer');
      slow.resolve('old');
      await before;
    });

    for (const [order, first, second] of [
      ['the same order', 'a', 'b'],
      ['another order', 'b', 'a'],
    ] as const) {
      it(`leaves no value of two writers behind, whose results come in ${order} than their writes may have`, async () => {
        const gates = { a: new Deferred(), b: new Deferred() };
        write = async (name) => {
          await gates[name as 'a' | 'b'].promise;
          return name;
        };
        const writes = [users.rename(1, 'a'), users.rename(1, 'b')];
        await settle();
        gates[first].resolve();
        await settle();
        gates[second].resolve();
        await Promise.all(writes);
        read = () => 'as the source says';
        expect(await users.find(1)).to.equal('as the source says');
      });
    }

    it('leaves no value behind that was invalidated during the write', async () => {
      const gate = new Deferred<string>();
      write = () => gate.promise;
      const writing = users.rename(1, 'new');
      await settle();
      await createCache({ store: asElsewhere(store) }).invalidate(userKey(1));
      gate.resolve('new');
      await writing;
      expect(await users.find(1)).to.equal('old');
    });

    it('invalidates where the result is not to be stored, or cannot be', async () => {
      await users.find(1);
      await users.renameSome(1, 'secret');
      expect(await cache.get(userKey(1))).to.equal(undefined);
      await users.find(1);
      await users.renameTo(
        1,
        Object.defineProperty([], 'x', {
          get: () => {
            throw new Error('no');
          },
          enumerable: true,
        }),
      );
      expect(await cache.get(userKey(1)).then((value) => value === 'old')).to.equal(false);
    });

    it('invalidates when the scope of deferred invalidations has ended well, and stores nothing in it', async () => {
      await users.find(1);
      await deferInvalidations(async () => {
        await users.rename(1, 'new');
        read = () => 'new';
        expect(await users.find(1)).to.equal('new');
      });
      expect(await cache.get(userKey(1))).to.equal(undefined);
      await users.find(1);
      await deferInvalidations(async () => {
        await users.rename(1, 'newer');
        throw new Error('rolled back');
      }).catch(() => undefined);
      expect(await cache.get(userKey(1))).to.equal('new');
    });

    for (const [title, rename] of [
      ['within `withCacheBypassed`', () => withCacheBypassed(() => users.rename(1, 'new'))],
      ['once the cache is closed', () => cache.close().then(() => users.rename(1, 'new'))],
    ] as const) {
      it(`fills nothing ${title}, and invalidates`, async () => {
        await users.find(1);
        expect(await rename()).to.equal('new');
        expect(await createCache({ store }).get(userKey(1))).to.equal(undefined);
      });
    }

    it('rejects before anything is written where there can be no key', async () => {
      const written = sinon.spy();
      write = (name) => (written(), name);
      await expectCacheRejection(users.rename(Symbol('x') as never, 'new'), 'ERR_CACHE_KEY_PART_INVALID');
      expect(written.callCount).to.equal(0);
    });

    it('tells of the fill', async () => {
      const told: unknown[] = [];
      cache.on('fill', (event) => told.push(event));
      await users.rename(1, 'new');
      const event = { key: 'user:1', pattern: 'user:{}', ttl: 600_000, staleWhileRevalidate: 0 };
      expect(told).to.deep.equal([event]);
    });

    it('leaves no timer and no ticket behind', async () => {
      await users.rename(1, 'new');
      await settle();
      expect(clock.countTimers()).to.equal(0);
    });
  });
}

describe('@UpdatesCache, while the store is away', () => {
  let clock: SinonFakeTimers;
  let store: ChaosStore;
  let cache: Cache;

  class Users {
    @UpdatesCache({ key: userKey, ...LONG })
    async rename(id: number, name: string): Promise<string> {
      void id;
      return name;
    }

    @UpdatesCache({ key: userKey, ...LONG, strict: true })
    async renameStrictly(id: number, name: string): Promise<string> {
      void id;
      return name;
    }
  }
  const users = new Users();

  beforeEach(async () => {
    clock = useFakeTimers();
    store = new ChaosStore();
    cache = configureCache({ store });
    await cache.set(userKey(1), 'old', LONG);
  });

  afterEach(() => {
    clock.restore();
  });

  for (const [title, operations] of [
    ['from the beginning', ['open', 'update', 'invalidate', 'abandon']],
    ['when the result is to be stored', ['update', 'invalidate', 'abandon']],
  ] as const) {
    it(`queues an invalidation, where it is away ${title}`, async () => {
      store.fail(...operations);
      expect(await users.rename(1, 'new')).to.equal('new');
      expect(cache.health().queuedInvalidations).to.equal(1);
      expect(await cache.get(userKey(1))).to.equal(undefined);
      await expectCacheRejection(users.renameStrictly(1, 'new'), 'ERR_CACHE_INVALIDATION_PENDING');
      store.calm();
      await clock.tickAsync(1_000);
      expect([cache.health().queuedInvalidations, await cache.get(userKey(1))]).to.deep.equal([0, undefined]);
    });
  }
});

describe('The ticket of @UpdatesCache', () => {
  const store = new ChaosStore();
  const cache = createCache({ store });

  class Users {
    @UpdatesCache({ key: userKey, ...LONG, storeIf: () => false, cache: () => cache })
    async rename(id: number, fails: boolean): Promise<string> {
      if (fails) throw new Error('refused');
      return `${id}`;
    }
  }

  for (const [title, fails, calls] of [
    ['fails', true, ['open', 'abandon']],
    ['returns what is not to be stored', false, ['open', 'abandon', 'invalidate']],
  ] as const) {
    it(`is given back where the method ${title}`, async () => {
      store.calls.length = 0;
      await new Users().rename(1, fails).catch(settle);
      expect(store.calls).to.deep.equal(calls);
    });
  }
});

describe('@UpdatesCache, as it is declared', () => {
  it('keeps metadata', () => {
    const options = { key: userKey, ...LONG };
    class Users {
      @UpdatesCache(options)
      async rename(id: number): Promise<string> {
        return `${id}`;
      }
    }
    expect(getCacheMetadata(Users.prototype.rename)).to.deep.equal([{ kind: 'updates', key: userKey, options }]);
  });

  for (const [title, options, code, fragment] of [
    ['no options', undefined, 'ERR_CACHE_OPTION_INVALID', '`options`'],
    ['no key', { ttl: '5m' }, 'ERR_CACHE_OPTION_INVALID', '`key`'],
    ['no ttl', { key: userKey }, 'ERR_CACHE_DURATION_INVALID', '`ttl`'],
    ['tags that are no list', { key: userKey, ttl: '5m', tags: 'a' }, 'ERR_CACHE_OPTION_INVALID', '`tags`'],
    ['a cache that is no function', { key: userKey, ttl: '5m', cache: {} }, 'ERR_CACHE_OPTION_INVALID', '`cache`'],
  ] as const) {
    it(`refuses ${title} when the class is defined`, () => {
      expectCacheError(() => UpdatesCache(options as unknown as UpdatesCacheOptions), code, fragment);
    });
  }
});
