import { expect } from 'chai';
import sinon, { type SinonFakeTimers } from 'sinon';
import { createCache, key, MemoryStore, TieredStore, UpdatesCache, withCacheRefreshed, type Cache } from 'freshkeep';

import { expectCacheError } from '../support/cache-errors.js';
import { Deferred, settle } from '../support/deferred.js';
import { SharedMedium, SharedMemoryStore } from '../support/shared-memory-store.js';

/** Not the one of fake timers. */
const nextTick = process.nextTick.bind(process);

const k = key`k`;
const LONG = { ttl: '10m', staleWhileRevalidate: '10m' } as const;

/** A process with two tiers, as far as its cache knows. */
class Process {
  readonly l1 = new MemoryStore();
  readonly l2: SharedMemoryStore;
  readonly cache: Cache;
  loads = 0;

  constructor(medium: SharedMedium, source: { value: unknown }, l1Ttl = '30s' as const) {
    this.l2 = new SharedMemoryStore(medium);
    this.cache = createCache({ store: new TieredStore({ l1: this.l1, l2: this.l2, l1Ttl }) });
    this.#source = source;
  }

  readonly #source: { value: unknown };

  find(options: Parameters<Cache['getOrLoad']>[2] = LONG): Promise<unknown> {
    return this.cache.getOrLoad(
      k,
      () => {
        this.loads += 1;
        return this.#source.value;
      },
      options,
    );
  }
}

describe('A TieredStore', () => {
  let clock: SinonFakeTimers;
  let medium: SharedMedium;
  let source: { value: unknown };
  let here: Process;
  let there: Process;

  beforeEach(() => {
    clock = sinon.useFakeTimers();
    medium = new SharedMedium();
    source = { value: 'old' };
    here = new Process(medium, source);
    there = new Process(medium, source);
  });

  afterEach(() => {
    clock.restore();
  });

  it('serves what was loaded anew, or written, nowhere an old copy of', async () => {
    const policy = { key: key`k`, ...LONG };
    const write = (value: string) => {
      class Writer {
        @UpdatesCache({ ...policy, cache: () => here.cache })
        async write(): Promise<string> {
          return value;
        }
      }
      return new Writer().write();
    };
    for (const process of [here, there]) expect(await process.find()).to.equal('old');
    source.value = 'new';
    expect(await withCacheRefreshed(() => here.find())).to.equal('new');
    await settle();
    for (const process of [here, there]) expect(await process.find()).to.equal('new');
    expect(await write('written')).to.equal('written');
    for (const process of [here, there]) expect(await process.find()).to.equal('written');
    expect([here.loads, there.loads]).to.deep.equal([2, 0]);
  });

  async function elapse(milliseconds: number): Promise<void> {
    await clock.tickAsync(milliseconds);
  }

  /** Both have a copy of the value. */
  async function warm(options?: Parameters<Cache['getOrLoad']>[2]): Promise<void> {
    await here.find(options);
    await settle();
    await there.find(options);
    expect([here.l1.size, there.l1.size]).to.deep.equal([1, 1]);
    for (const { l2 } of [here, there]) l2.asked.length = 0;
  }

  describe('where several calls of one turn need the second tier', () => {
    function finder(): () => Promise<{ at: Date }> {
      return here.cache.wrap(() => Promise.resolve({ at: new Date(0) }), {
        key: 'shared',
        ttl: '10s',
        staleWhileRevalidate: '10m',
      });
    }

    it('asks it once for all that expect the same, fresh or stale, and gives each a value of their own', async () => {
      const find = finder();
      await find();
      for (const [wait, copies] of [
        [0, 'dropped'],
        [11_000, 'stale'],
      ] as const) {
        await elapse(wait);
        if (copies === 'dropped') here.l1.clear();
        here.l2.asked.length = 0;
        const calls = Array.from({ length: 5 }, find);
        expect(here.l2.asked).to.deep.equal(['readLiving']);
        const found = await Promise.all(calls);
        for (const value of found) value.at.setTime(value.at.getTime() + 1);
        expect(found.map(({ at }) => at.getTime())).to.deep.equal([1, 1, 1, 1, 1]);
        await settle();
      }
    });

    it('asks it again in the next turn, and after an invalidation', async () => {
      const find = finder();
      await find();
      here.l1.clear();
      here.l2.asked.length = 0;
      void find();
      await here.cache.invalidate(key`shared`);
      void find();
      expect(here.l2.asked.filter((name) => name === 'readLiving')).to.have.length(2);
      await new Promise((resolve) => {
        nextTick(resolve);
      });
      await settle();
      here.l1.clear();
      void find();
      expect(here.l2.asked.filter((name) => name === 'readLiving')).to.have.length(3);
    });
  });

  describe('answers from the first tier', () => {
    it('what was loaded here, and what was found in the second tier, and asks the second tier nothing', async () => {
      await warm();
      expect([await here.find(), await there.find()]).to.deep.equal(['old', 'old']);
      expect([here.l2.asked, there.l2.asked]).to.deep.equal([[], []]);
      expect([here.loads, there.loads]).to.deep.equal([1, 0]);
    });

    it('for `l1Ttl` at the most, however long the entry lives', async () => {
      await warm();
      await elapse(29_990);
      await there.find();
      expect(there.l2.asked).to.deep.equal([]);
      await elapse(20);
      expect(await there.find()).to.equal('old');
      expect(there.l2.asked).to.deep.equal(['readLiving']);
    });

    it('no longer than the entry is fresh, when it was copied late in its life', async () => {
      const short = { ttl: '10s' } as const;
      await here.find(short);
      await elapse(9_000);
      await there.find(short);
      source.value = 'new';
      await elapse(990);
      expect(await there.find(short)).to.equal('old');
      await elapse(20);
      expect(await there.find(short)).to.equal('new');
    });

    it('counts the time that the second tier took to answer as part of the life of the copy', async () => {
      const short = { ttl: '10s' } as const;
      await here.find(short);
      const gate = new Deferred();
      there.l2.gate = gate.promise;
      const read = there.find(short);
      await elapse(9_000);
      gate.resolve();
      expect(await read).to.equal('old');
      source.value = 'new';
      await elapse(1_001);
      expect(await there.find(short)).to.equal('new');
    });

    it('with values that no caller can change for another', async () => {
      source.value = { list: [1], when: new Date(0) };
      const found = (await here.find()) as { list: number[] };
      found.list.push(2);
      await settle();
      const again = (await there.find()) as { list: number[] };
      again.list.push(3);
      for (const process of [here, there]) {
        expect(await process.find()).to.deep.equal({ list: [1], when: new Date(0) });
      }
    });

    it('nothing while the bus is not trusted, and again what it had, once it is and nothing was missed', async () => {
      await warm();
      there.l2.trustedUntil = performance.now();
      expect(await there.find()).to.equal('old');
      expect(there.l2.asked).to.deep.equal(['readLiving']);
      there.l2.trustedUntil = Infinity;
      expect(await there.find()).to.equal('old');
      expect(there.l2.asked).to.deep.equal(['readLiving']);
    });
  });

  describe('serves nothing that was invalidated', () => {
    for (const [how, invalidate] of [
      ['by key', (process: Process) => process.cache.invalidate(k)],
      ['by `clear`', (process: Process) => process.cache.clear()],
      ['by `set`', (process: Process) => process.cache.set(k, 'new', LONG)],
    ] as const) {
      it(`${how}, here or elsewhere, after the announcement has arrived`, async () => {
        for (const process of [here, there]) {
          source.value = 'old';
          await here.cache.clear();
          await warm();
          source.value = 'new';
          await invalidate(process);
          expect([await here.find(), await there.find()]).to.deep.equal(['new', 'new']);
        }
      });
    }

    it('not even where the reply of the second tier arrives after the announcement', async () => {
      await here.find();
      await settle();
      const gate = new Deferred();
      there.l2.gate = gate.promise;
      const overtaken = there.find();
      await settle();
      source.value = 'new';
      await here.cache.invalidate(k);
      gate.resolve();
      expect(await overtaken).to.equal('old');
      expect(there.l1.size).to.equal(0);
      expect(await there.find()).to.equal('new');
    });

    it('and fills the first tier with nothing that was invalidated while the second one took it', async () => {
      const gate = new Deferred();
      const filled = new Deferred();
      const fill = there.l2.fill.bind(there.l2);
      there.l2.fill = async (...args) => {
        const result = await fill(...args);
        filled.resolve();
        await gate.promise;
        return result;
      };
      await there.find();
      await filled.promise;
      source.value = 'new';
      await here.cache.invalidate(k);
      gate.resolve();
      await settle();
      expect(there.l1.size).to.equal(0);
      expect(await there.find()).to.equal('new');
    });

    it('by this process while the second tier is applying it, though an old reply arrives meanwhile', async () => {
      await warm();
      const gate = new Deferred();
      here.l2.gate = gate.promise;
      const invalidated = here.cache.invalidate(k);
      const meanwhile = here.find();
      await settle();
      source.value = 'new';
      gate.resolve();
      await Promise.all([invalidated, meanwhile]);
      expect(await here.find()).to.equal('new');
    });

    it('and lets no call join, or wait for, a load that began before the announcement', async () => {
      const load = new Deferred<string>();
      const withoutLock = { ...LONG, lock: false } as const;
      const first = there.cache.getOrLoad(k, () => load.promise, withoutLock);
      await settle();
      await here.cache.invalidate(k);
      expect(await there.cache.getOrLoad(k, () => 'new', withoutLock)).to.equal('new');
      load.resolve('old');
      expect(await first).to.equal('old');
      expect(await there.find()).to.equal('new');
    });

    it('as far as it can know, after it has found out that announcements were missed', async () => {
      medium.immediate = false;
      await warm();
      const reasons: unknown[] = [];
      there.cache.on('copies-dropped', (event) => reasons.push(event));
      source.value = 'new';
      await here.cache.invalidate(k);
      expect(await there.find()).to.equal('old');
      medium.miss();
      expect(await there.find()).to.equal('new');
      expect(reasons).to.deep.equal([{ reason: 'messages lost' }]);
    });
  });

  describe('with a stale window', () => {
    const swr = { ttl: '10s', staleWhileRevalidate: '10m' } as const;

    it('asks the second tier when its copy is stale, and serves what another process has refreshed', async () => {
      await warm(swr);
      await elapse(10_001);
      source.value = 'new';
      expect(await here.find(swr)).to.equal('old');
      await settle();
      expect(here.loads).to.equal(2);
      expect([await there.find(swr), await here.find(swr)]).to.deep.equal(['new', 'new']);
      expect(there.loads).to.equal(0);
    });

    it('serves its stale copy where the second tier fails', async () => {
      await warm(swr);
      await elapse(10_001);
      there.l2.failure = new Error('away');
      expect(await there.find(swr)).to.equal('old');
    });

    it('serves no copy where the second tier fails and the bus is not trusted', async () => {
      await warm(swr);
      await elapse(10_001);
      source.value = 'new';
      there.l2.failure = new Error('away');
      there.l2.trustedUntil = -Infinity;
      expect(await there.find(swr)).to.equal('new');
    });
  });

  describe('while the second tier does not answer', () => {
    const away = new Error('away');

    /** As when Redis was killed: nothing is trusted. */
    function begin(): void {
      there.l2.trustedUntil = -Infinity;
      there.l2.failure = away;
    }

    it('loads a key once, and uses that value', async () => {
      await warm();
      begin();
      source.value = 'new';
      for (let call = 1; call <= 5; call += 1) expect(await there.find()).to.equal('new');
      expect(there.loads).to.equal(1);
    });

    it('uses it for `maxSilence` at the most', async () => {
      begin();
      await there.find();
      source.value = 'new';
      await elapse(9_990);
      expect(await there.find()).to.equal('old');
      await elapse(20);
      expect(await there.find()).to.equal('new');
    });

    it('uses it no longer once the second tier is back', async () => {
      begin();
      source.value = 'elsewhere';
      await there.find();
      source.value = 'old';
      there.l2.failure = undefined;
      expect(await there.find()).to.equal('old');
    });

    it('uses nothing from before, nor what was invalidated since', async () => {
      await warm();
      begin();
      await there.find();
      source.value = 'new';
      await there.cache.invalidate(k);
      expect(await there.find()).to.equal('new');
      expect(there.cache.health().queuedInvalidations).to.equal(1);
    });

    it('loads a key once whose invalidation is queued, and uses that value', async () => {
      await warm();
      begin();
      source.value = 'new';
      await there.cache.invalidate(k);
      for (let call = 1; call <= 5; call += 1) expect(await there.find()).to.equal('new');
      expect(there.loads).to.equal(1);
      source.value = 'newer';
      await there.cache.invalidate(k);
      expect(await there.find()).to.equal('newer');
    });

    it('uses nothing of that once the second tier answers, where it may only write nothing and the bus is still to be trusted', async () => {
      await warm();
      begin();
      there.l2.become('open');
      source.value = 'new';
      await there.cache.invalidate(k);
      expect(await there.find()).to.equal('new');
      source.value = 'changed by another process, unheard of';
      expect(await there.find()).to.equal('new');
      there.l2.become('half-open');
      there.l2.become('closed');
      expect(await there.find()).to.equal(source.value);
      source.value = 'changed again';
      expect(await there.find()).to.equal(source.value);
    });

    it('still uses copies from before while the bus is trusted', async () => {
      await warm();
      there.l2.failure = away;
      source.value = 'new';
      expect(await there.find()).to.equal('old');
      expect(there.l2.asked).to.deep.equal([]);
    });

    it('fills nothing that was loaded around an invalidation', async () => {
      begin();
      const load = new Deferred<string>();
      const first = there.cache.getOrLoad(k, () => load.promise, LONG);
      await settle();
      await there.cache.invalidate(k);
      load.resolve('old');
      await first;
      there.l2.failure = undefined;
      await clock.tickAsync(10_000);
      source.value = 'new';
      there.l2.failure = away;
      expect(await there.find()).to.equal('new');
    });
  });

  it('keeps no ticket in the first tier of a load that the second one knows nothing of', async () => {
    const open = new Set<string>();
    const l1 = new (class extends MemoryStore {
      override open(key: string, ticket: string, maxLoad: number) {
        open.add(key + ticket);
        return super.open(key, ticket, maxLoad);
      }

      override abandon(key: string, ticket: string) {
        open.delete(key + ticket);
        return super.abandon(key, ticket);
      }
    })();
    const l2 = new SharedMemoryStore(medium);
    l2.open = () => Promise.reject(new Error('out of memory'));
    const cache = createCache({ store: new TieredStore({ l1, l2 }) });
    for (let id = 1; id <= 20; id += 1) await cache.getOrLoad(key`k:${id}`, () => id, LONG);
    await settle();
    expect(open).to.deep.equal(new Set());
  });

  it('serves what it cannot copy, and tells', async () => {
    const failures: unknown[] = [];
    const l1 = new MemoryStore({
      maxBytes: 1_000,
      sizeOf: () => {
        throw new Error('own');
      },
    });
    const cache = createCache({ store: new TieredStore({ l1, l2: new SharedMemoryStore(medium) }) });
    cache.on('store-failed', (event) => failures.push(event.operation));
    await here.find();
    await settle();
    expect(await cache.getOrLoad(k, () => 'other', LONG)).to.equal('old');
    expect(failures).to.deep.equal(['copy']);
  });

  describe('of several caches', () => {
    let other: Cache;
    let one: Cache;
    let l2: SharedMemoryStore;

    beforeEach(() => {
      l2 = new SharedMemoryStore(medium);
      const store = new TieredStore({ l1: new MemoryStore(), l2 });
      [one, other] = [createCache({ store }), createCache({ store })];
    });

    const find = (cache: Cache) => cache.getOrLoad(k, () => source.value, LONG);

    it('is asked by none for a key whose invalidation is queued by another', async () => {
      await find(one);
      l2.failure = new Error('away');
      source.value = 'new';
      expect(await one.invalidate(k)).to.equal('queued');
      l2.failure = undefined;
      expect([await find(one), await find(other)]).to.deep.equal(['new', 'new']);
      expect(other.health().queuedInvalidations).to.equal(1);
    });

    it('has the loads of all detached by an invalidation of one', async () => {
      const load = new Deferred<string>();
      const first = other.getOrLoad(k, () => load.promise, LONG);
      await settle();
      await one.invalidate(k);
      const second = other.getOrLoad(k, () => 'new', LONG);
      load.resolve('old');
      expect([await first, await second]).to.deep.equal(['old', 'new']);
    });

    it('is closed with the last of them', async () => {
      await find(one);
      await one.close();
      l2.asked.length = 0;
      expect(await find(other)).to.equal('old');
      expect(l2.asked).to.deep.equal([]);
    });
  });

  it('asks a second tier that fails once for a call, and tells it nothing of what it loads', async () => {
    there.l2.failure = new Error('deadline');
    there.l2.trustedUntil = -Infinity;
    await there.find();
    await settle();
    expect(there.l2.asked).to.deep.equal(['readLiving']);
  });

  it('tells whether its copies are trusted', () => {
    const { l2 } = here;
    const store = new TieredStore({ l1: new MemoryStore(), l2 });
    expect(store.health()).to.deep.include({ l1: 'trusted' });
    l2.trustedUntil = performance.now();
    expect(store.health()).to.deep.include({ l1: 'not trusted' });
  });

  it('stops listening when it is closed', async () => {
    await warm();
    await there.cache.close();
    await here.cache.invalidate(k);
    expect(there.l1.size).to.equal(1);
  });

  describe('is refused', () => {
    const l1 = new MemoryStore();
    const l2 = new SharedMemoryStore(new SharedMedium());
    const local = 'Expected `l1` to be a store in this process, such as new MemoryStore(), got ';
    const shared = 'Expected `l2` to be a store that processes share, such as new RedisStore({ client }), got ';
    const wrong: readonly [string, object, string][] = [
      ['without a first tier', { l2 }, `${local}undefined`],
      ['with a first tier that is not local', { l1: l2, l2 }, `${local}an instance of SharedMemoryStore`],
      ['without a second tier', { l1 }, `${shared}undefined`],
      ['with a second tier that is not shared', { l1, l2: new MemoryStore() }, `${shared}an instance of MemoryStore`],
      ['with a silence shorter than the heartbeat', { l1, l2, maxSilence: '500ms' }, '`maxSilence` to be at least'],
    ];
    for (const [title, options, message] of wrong) {
      it(title, () => {
        expectCacheError(() => new TieredStore(options as never), 'ERR_CACHE_OPTION_INVALID', message);
      });
    }

    it('not with a heartbeat that is longer than the default of the silence', () => {
      expect(() => new TieredStore({ l1: new MemoryStore(), l2, heartbeat: '20s' })).to.not.throw();
    });

    it('with a first tier that another one has, and not with one that was only tried', () => {
      const own = new MemoryStore();
      expect(() => new TieredStore({ l1: own, l2, l1Ttl: -1 })).to.throw();
      expect(() => new TieredStore({ l1: own, l2 })).to.not.throw();
      expectCacheError(
        () => new TieredStore({ l1: own, l2 }),
        'ERR_CACHE_OPTION_INVALID',
        'the first tier of no other',
      );
    });

    it('without options', () => {
      for (const options of [undefined, null, 5]) {
        expectCacheError(
          () => new TieredStore(options as never),
          'ERR_CACHE_OPTION_INVALID',
          '`options` to be an object',
        );
      }
    });

    it('with a duration that is none', () => {
      for (const option of ['l1Ttl', 'heartbeat', 'maxSilence']) {
        expectCacheError(
          () => new TieredStore({ l1, l2, [option]: '5 minutes' }),
          'ERR_CACHE_DURATION_INVALID',
          option,
        );
      }
    });
  });
});
