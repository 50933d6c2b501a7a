import { expect } from 'chai';
import {
  configureCache,
  createCache,
  key,
  MemoryStore,
  type Cache,
  type Isolation,
  type MemoryStoreOptions,
} from 'freshkeep';
import type sinon from 'sinon';

import { settle } from '../support/deferred.js';
import { expectCacheError } from '../support/cache-errors.js';
import { useFakeTimers } from '../support/fake-timers.js';

const LONG = { ttl: 60_000, staleWhileRevalidate: 0 };

function put(store: MemoryStore, name: string, value: unknown): void {
  store.set(name, store.seal(value), { lifetime: LONG });
}

/** Which of these keys are kept, without counting as a use of them? */
function kept(store: MemoryStore, ...names: string[]): string[] {
  return names.filter((name) => store.read(name) !== undefined);
}

describe('a memory store bounded by entries', () => {
  it('keeps the latest of them', () => {
    const store = new MemoryStore({ maxEntries: 3 });
    for (const name of ['a', 'b', 'c', 'd']) put(store, name, name);
    expect(store.size).to.equal(3);
    expect(kept(store, 'a', 'b', 'c', 'd')).to.deep.equal(['b', 'c', 'd']);
  });

  it('evicts the least recently used one: reading and opening are uses', () => {
    const store = new MemoryStore({ maxEntries: 3 });
    for (const name of ['a', 'b', 'c']) put(store, name, name);
    store.read('a');
    store.open('b', 'ticket', 60_000);
    put(store, 'd', 'd');
    expect(kept(store, 'a', 'b', 'c', 'd')).to.deep.equal(['a', 'b', 'd']);
  });

  it('takes a new value of a key for a use, and for no further entry', () => {
    const store = new MemoryStore({ maxEntries: 2 });
    for (const name of ['a', 'b', 'a', 'c']) put(store, name, name);
    expect(store.size).to.equal(2);
    expect(kept(store, 'a', 'b', 'c')).to.deep.equal(['a', 'c']);
  });

  it('keeps 10,000 when nothing else is said', () => {
    const store = new MemoryStore();
    for (let index = 0; index < 10_100; index += 1) put(store, String(index), index);
    expect(store.size).to.equal(10_000);
    expect(kept(store, '99', '100', '10099')).to.deep.equal(['100', '10099']);
  });
});

describe('a memory store bounded by bytes', () => {
  it('evicts as many as a new value needs, the least recently used ones first', () => {
    const store = new MemoryStore({ maxBytes: 10, sizeOf: (value) => (value as string).length });
    put(store, 'a', 'xxxx');
    put(store, 'b', 'xxx');
    put(store, 'c', 'xxx');
    expect(kept(store, 'b', 'c', 'a')).to.deep.equal(['b', 'c', 'a']);
    put(store, 'd', 'xxxxx');
    expect(kept(store, 'a', 'b', 'c', 'd')).to.deep.equal(['a', 'd']);
  });

  it('counts structure and text when no sizeOf is given', () => {
    const store = new MemoryStore({ maxBytes: 10_000 });
    for (let index = 0; index < 100; index += 1) put(store, String(index), { text: 'x'.repeat(500) });
    expect(store.size).to.be.within(5, 10);
  });

  it('does not keep what is larger than the bound, nor what it replaces, and keeps the others', () => {
    const store = new MemoryStore({ maxBytes: 10, sizeOf: (value) => (value as string).length });
    put(store, 'a', 'x');
    put(store, 'b', 'old');
    put(store, 'b', 'x'.repeat(11));
    expect(kept(store, 'a', 'b')).to.deep.equal(['a']);
  });

  it('gives bytes back when entries go', () => {
    const store = new MemoryStore({ maxBytes: 10, sizeOf: (value) => (value as string).length });
    put(store, 'a', 'xxxxxxxxxx');
    store.invalidate(['a']);
    put(store, 'b', 'xxxxxxxxxx');
    store.clear();
    put(store, 'c', 'xxxxx');
    put(store, 'd', 'xxxxx');
    expect(kept(store, 'c', 'd')).to.deep.equal(['c', 'd']);
  });

  it('is bounded by entries too', () => {
    const store = new MemoryStore({ maxEntries: 2, maxBytes: 1_000, sizeOf: () => 1 });
    for (const name of ['a', 'b', 'c']) put(store, name, name);
    expect(store.size).to.equal(2);
  });

  it('takes a size of 0, and refuses what is no size', () => {
    const store = new MemoryStore({ maxBytes: 10, sizeOf: (value) => value as number });
    put(store, 'a', 0);
    expect(kept(store, 'a')).to.deep.equal(['a']);
    for (const size of [-1, NaN, Infinity]) {
      expectCacheError(
        () => {
          put(store, 'b', size);
        },
        'ERR_CACHE_OPTION_INVALID',
        '`sizeOf`',
        String(size),
      );
    }
  });
});

describe('a wrong option of a memory store', () => {
  const wrong: readonly (readonly [option: string, value: unknown])[] = [
    ['maxEntries', 0],
    ['maxEntries', -1],
    ['maxEntries', 1.5],
    ['maxEntries', NaN],
    ['maxEntries', Infinity],
    ['maxEntries', '10'],
    ['maxEntries', null],
    ['maxBytes', 0],
    ['maxBytes', -1],
    ['maxBytes', '1mb'],
    ['sizeOf', 100],
    ['isolation', 'copy'],
    ['isolation', true],
  ];
  for (const [option, value] of wrong) {
    it(`(${option}: ${JSON.stringify(value)}) is named`, () => {
      const options = { [option]: value } as unknown as MemoryStoreOptions;
      expectCacheError(() => new MemoryStore(options), 'ERR_CACHE_OPTION_INVALID', `\`${option}\``);
    });
  }
});

describe('an entry in memory', () => {
  let clock: sinon.SinonFakeTimers;
  let cache: Cache;
  let outcomes: string[];
  beforeEach(() => {
    clock = useFakeTimers();
    outcomes = [];
    cache = createCache({ store: new MemoryStore() });
    for (const name of ['hit', 'stale-hit', 'miss'] as const) cache.on(name, () => outcomes.push(name));
  });
  afterEach(() => {
    clock.restore();
  });

  async function outcomeOf(call: () => Promise<unknown>): Promise<string> {
    outcomes = [];
    await call();
    return outcomes.join();
  }

  it('is fresh until its ttl, then expired, to the millisecond', async () => {
    const find = cache.wrap(async (id: number) => ({ id }), { key: 'user:{0}', ttl: '10s' });
    await find(1);
    clock.tick(9_999);
    expect(await outcomeOf(() => find(1))).to.equal('hit');
    clock.tick(1);
    expect(await outcomeOf(() => find(1))).to.equal('miss');
  });

  it('is fresh, then stale, then expired, to the millisecond', async () => {
    let fails = false;
    const find = cache.wrap(
      async (id: number) => {
        if (fails) throw new Error('source away');
        return { id };
      },
      { key: 'user:{0}', ttl: '10s', staleWhileRevalidate: '5s' },
    );
    await find(1);
    fails = true;
    clock.tick(9_999);
    expect(await outcomeOf(() => find(1))).to.equal('hit');
    clock.tick(1);
    expect(await outcomeOf(() => find(1))).to.equal('stale-hit');
    await settle();
    clock.tick(4_999);
    expect(await outcomeOf(() => find(1))).to.equal('stale-hit');
    await settle();
    clock.tick(1);
    expect(await outcomeOf(() => find(1).catch(() => undefined))).to.equal('miss');
  });

  it('lives on from its refresh', async () => {
    let loads = 0;
    const find = cache.wrap(async (_id: number) => (loads += 1), {
      key: 'user:{0}',
      ttl: '10s',
      staleWhileRevalidate: '5s',
    });
    await find(1);
    clock.tick(12_000);
    expect(await find(1)).to.equal(1);
    await settle();
    clock.tick(9_999);
    expect(await outcomeOf(() => find(1))).to.equal('hit');
    expect(await find(1)).to.equal(2);
    clock.tick(1);
    expect(await outcomeOf(() => find(1))).to.equal('stale-hit');
  });

  it('is not touched by the wall clock', async () => {
    const find = cache.wrap(async (id: number) => ({ id }), { key: 'user:{0}', ttl: '10s' });
    await find(1);
    clock.setSystemTime(Date.now() + 3_600_000);
    expect(await outcomeOf(() => find(1))).to.equal('hit');
    clock.setSystemTime(0);
    clock.tick(10_000);
    expect(await outcomeOf(() => find(1))).to.equal('miss');
  });

  it('sets no timer', async () => {
    await cache.set(key`user:${1}`, { id: 1 }, { ttl: '10s', staleWhileRevalidate: '5s' });
    expect(clock.countTimers()).to.equal(0);
  });
});

class Point {
  x = 1;
}

interface Shape {
  readonly plain: { list: number[] };
  readonly at: Date;
  readonly map: Map<string, number[]>;
  readonly raw: Buffer;
}

function shape(): Shape {
  return { plain: { list: [1] }, at: new Date(0), map: new Map([['a', [1]]]), raw: Buffer.from('abc') };
}

/** What a careless caller does. */
function spoil(value: Shape): void {
  value.plain.list.push(2);
  value.at.setTime(5);
  value.map.get('a')?.push(2);
  value.map.set('b', []);
  value.raw[0] = 0;
}

describe('the isolation of a memory store', () => {
  function cacheWith(isolation?: Isolation): Cache {
    return configureCache({ store: new MemoryStore(isolation === undefined ? {} : { isolation }) });
  }

  it('freeze, the default, freezes plain data all the way down, for the caller that loaded it too', async () => {
    const find = cacheWith().wrap(async (id: number) => ({ id, list: [{ a: 1 }] }), { key: 'user:{0}', ttl: '5m' });
    const [first, second] = [await find(1), await find(1)];
    expect(second).to.equal(first);
    expect(() => first.list.push({ a: 2 })).to.throw(TypeError);
    expect(() => (first.list[0]!.a = 2)).to.throw(TypeError);
    expect(await find(1)).to.deep.equal({ id: 1, list: [{ a: 1 }] });
  });

  it('freeze takes data that is frozen already', async () => {
    const value = Object.freeze({ list: Object.freeze([1]) });
    const find = cacheWith('freeze').wrap(async () => value, { key: 'frozen', ttl: '5m' });
    expect(await find()).to.equal(value);
    expect(await find()).to.equal(value);
  });

  for (const isolation of ['freeze', 'clone'] as const) {
    it(`${isolation} gives each caller built-ins of its own`, async () => {
      const find = cacheWith(isolation).wrap(async () => shape(), { key: 'shape', ttl: '5m' });
      for (let call = 0; call < 4; call += 1) {
        const value = await find();
        expect(value).to.deep.equal(shape());
        expect(value.raw).to.be.instanceOf(Buffer);
        spoil(value);
      }
    });

    it(`${isolation} keeps callers apart who joined one load`, async () => {
      const find = cacheWith(isolation).wrap(async () => shape(), { key: 'shape', ttl: '5m' });
      const values = await Promise.all([find(), find(), find()]);
      spoil(values[0]);
      expect(values[1]).to.deep.equal(shape());
      spoil(values[1]);
      expect(values[2]).to.deep.equal(shape());
      expect(await find()).to.deep.equal(shape());
    });

    it(`${isolation} keeps what the source does later from callers`, async () => {
      const own = shape();
      const find = cacheWith(isolation).wrap(async () => own, { key: 'shape', ttl: '5m' });
      await find();
      spoil(own);
      expect(await find()).to.deep.equal(shape());
    });

    it(`${isolation} shares class instances, wherever they stand`, async () => {
      const point = new Point();
      const find = cacheWith(isolation).wrap(async () => ({ nested: { point }, at: new Date(0) }), {
        key: 'point',
        ttl: '5m',
      });
      await find();
      expect((await find()).nested.point).to.equal(point);
      point.x = 2;
      expect((await find()).nested.point.x).to.equal(2);
      const alone = cacheWith(isolation).wrap(async () => point, { key: 'point', ttl: '5m' });
      await alone();
      expect(await alone()).to.equal(point);
    });

    it(`${isolation} holds for cache.set and cache.get`, async () => {
      const cache = cacheWith(isolation);
      const own = shape();
      await cache.set(key`shape`, own, { ttl: '5m' });
      spoil(own);
      const first = await cache.get<Shape>(key`shape`);
      expect(first).to.deep.equal(shape());
      spoil(first!);
      expect(await cache.get(key`shape`)).to.deep.equal(shape());
    });
  }

  it('clone leaves the value of the caller that loaded it unfrozen', async () => {
    const find = cacheWith('clone').wrap(async () => ({ list: [1] }), { key: 'list', ttl: '5m' });
    for (let call = 0; call < 3; call += 1) {
      const value = await find();
      expect(value).to.deep.equal({ list: [1] });
      value.list.push(2);
    }
  });

  it('none gives everybody one object, unfrozen', async () => {
    const own = { list: [1], at: new Date(0) };
    const find = cacheWith('none').wrap(async () => own, { key: 'list', ttl: '5m' });
    expect(await find()).to.equal(own);
    (await find()).list.push(2);
    expect(await find()).to.deep.equal({ list: [1, 2], at: new Date(0) });
    expect(Object.isFrozen(own)).to.equal(false);
  });

  it('serves a value that is nested too deeply to be kept apart, and does not keep it', async () => {
    let value: unknown = 'leaf';
    for (let level = 0; level < 100_000; level += 1) value = [value];
    const store = new MemoryStore();
    expectCacheError(() => store.seal(value), 'ERR_CACHE_VALUE_UNSUPPORTED', 'an array of 1');
    const cache = configureCache({ store });
    const find = cache.wrap(async () => value, { key: 'deep', ttl: '5m' });
    expect(await find()).to.equal(value);
    expect(await cache.get(key`deep`)).to.equal(undefined);
  });
});

describe('A subclass of a memory store that replaces `read`', () => {
  it('is asked for each hit', async () => {
    class Counting extends MemoryStore {
      reads = 0;

      override read(...args: Parameters<MemoryStore['read']>): ReturnType<MemoryStore['read']> {
        this.reads += 1;
        return super.read(...args);
      }
    }
    const store = new Counting();
    const find = createCache({ store }).wrap(async () => 'value', { key: key`k`, ttl: '1m' });
    for (let call = 1; call <= 3; call += 1) expect(await find()).to.equal('value');
    expect(store.reads).to.be.at.least(3);
  });
});
