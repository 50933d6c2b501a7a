import { expect } from 'chai';
import { createCache, key, MemoryStore, type Cache } from 'freshkeep';
import sinon, { type SinonFakeTimers } from 'sinon';

import { Deferred, settle } from '../support/deferred.js';
import { Recorder } from '../support/recorder.js';

const userKey = (id: number) => key`user:${id}`;

describe('A cached call', () => {
  let clock: SinonFakeTimers;
  let cache: Cache;
  let recorder: Recorder;
  let loads: number;
  let find: (id: number) => Promise<{ id: number; version: number }>;

  beforeEach(() => {
    clock = sinon.useFakeTimers();
    cache = createCache({ store: new MemoryStore() });
    recorder = new Recorder(cache);
    loads = 0;
    find = cache.wrap(async (id: number) => ({ id, version: (loads += 1) }), {
      key: userKey,
      ttl: '10s',
      staleWhileRevalidate: '20s',
    });
  });

  afterEach(() => {
    clock.restore();
  });

  it('loads once and is answered from the store until the ttl is over', async () => {
    expect((await find(1)).version).to.equal(1);
    clock.tick(9_999);
    expect((await find(1)).version).to.equal(1);
    expect(recorder.names).to.deep.equal(['miss', 'load', 'fill', 'hit']);
  });

  it('gets the stale value at once from the instant at which the ttl is over, and the refreshed one afterwards', async () => {
    await find(1);
    clock.tick(10_000);
    expect((await find(1)).version).to.equal(1);
    await settle();
    expect((await find(1)).version).to.equal(2);
    expect(recorder.names).to.deep.equal(['miss', 'load', 'fill', 'stale-hit', 'load', 'fill', 'hit']);
  });

  it('goes on with the stale value before the method is called again, which may take its time', async () => {
    const told: string[] = [];
    const slowly = cache.wrap(() => Promise.resolve(told.push('loads')), {
      key: key`order`,
      ttl: '10s',
      staleWhileRevalidate: '20s',
    });
    const throughAService = async (): Promise<number> => await slowly();
    await slowly();
    clock.tick(10_000);
    await throughAService();
    told.push('goes on');
    await settle();
    expect(told).to.deep.equal(['loads', 'goes on', 'loads']);
  });

  it('waits for a load once the stale window is over too', async () => {
    await find(1);
    clock.tick(30_000);
    expect((await find(1)).version).to.equal(2);
    expect(recorder.count('stale-hit')).to.equal(0);
  });

  it('does not wait for a refresh that takes long, and starts no second one', async () => {
    const slow = new Deferred<number>();
    let calls = 0;
    const slowly = cache.wrap(async () => ((calls += 1) === 1 ? 1 : slow.promise), {
      key: key`slow`,
      ttl: 1,
      staleWhileRevalidate: '1h',
    });
    await slowly();
    clock.tick(2_000);
    expect(await Promise.all([slowly(), slowly(), slowly()])).to.deep.equal([1, 1, 1]);
    await settle();
    expect(await slowly()).to.equal(1);
    expect(calls).to.equal(2);
    slow.resolve(2);
    await settle();
    expect(await slowly()).to.equal(2);
  });

  it('keeps undefined, null, 0, false and the empty string as values', async () => {
    for (const value of [undefined, null, 0, false, '']) {
      let calls = 0;
      const cached = cache.wrap(async () => ((calls += 1), value), { key: key`value:${String(value)}`, ttl: 1 });
      expect([await cached(), await cached(), calls]).to.deep.equal([value, value, 1]);
    }
  });

  it('takes the ttl from the value, and stores nothing where it is 0', async () => {
    let calls = 0;
    const load = async (ttl: number) => ((calls += 1), { ttl });
    const cached = cache.wrap(load, { key: (ttl: number) => key`by-value:${ttl}`, ttl: (value) => value.ttl });
    await cached(0);
    await cached(0);
    expect(calls).to.equal(2);
    await cached(5);
    clock.tick(4_999);
    await cached(5);
    expect(calls).to.equal(3);
    clock.tick(1);
    await cached(5);
    expect(calls).to.equal(4);
  });

  it('stores only what `storeIf` wants, and asks it with the value and the arguments', async () => {
    const storeIf = sinon.spy((value: number, id: number) => value > 0 && id > 0);
    let next = 0;
    const cached = cache.wrap(async (_id: number) => (next += 1) - 1, { key: userKey, ttl: 1, storeIf });
    expect([await cached(1), await cached(1), await cached(1)]).to.deep.equal([0, 1, 1]);
    expect(storeIf.args).to.deep.equal([
      [0, 1],
      [1, 1],
    ]);
    expect(recorder.events.find(({ name }) => name === 'fill-skipped')?.event).to.have.property('reason', 'not wanted');
  });

  it('leaves the cache out of it where `when` says so', async () => {
    let calls = 0;
    const cached = cache.wrap(async (_id: number) => (calls += 1), { key: userKey, ttl: 1, when: (id) => id > 0 });
    expect([await cached(0), await cached(0), await cached(1), await cached(1)]).to.deep.equal([1, 2, 3, 3]);
  });

  for (const option of ['ttl', 'storeIf', 'when'] as const) {
    it(`answers though the function \`${option}\` throws, and tells of it`, async () => {
      const broken = () => {
        throw new Error('broken option');
      };
      const options = { key: key`broken:${option}`, ttl: 1, [option]: broken };
      const cached = cache.wrap(async () => 'value', options);
      expect([await cached(), await cached()]).to.deep.equal(['value', 'value']);
      expect(recorder.count('option-failed')).to.equal(2);
      expect(recorder.count('fill')).to.equal(0);
    });
  }

  it('answers though the ttl of the value is no duration', async () => {
    const cached = cache.wrap(async () => 'value', { key: key`bad-ttl`, ttl: () => -1 });
    expect(await cached()).to.equal('value');
    expect(recorder.events.find(({ name }) => name === 'option-failed')?.event)
      .to.have.property('error')
      .with.property('code', 'ERR_CACHE_DURATION_INVALID');
  });
});

describe('`get`, `set`, `getOrLoad` and `clear`', () => {
  let clock: SinonFakeTimers;
  let cache: Cache;

  beforeEach(() => {
    clock = sinon.useFakeTimers();
    cache = createCache({ store: new MemoryStore() });
  });

  afterEach(() => {
    clock.restore();
  });

  it('get what was set until it has expired, stale included', async () => {
    expect(await cache.get(userKey(1))).to.equal(undefined);
    expect(await cache.set(userKey(1), 'value', { ttl: 10, staleWhileRevalidate: 10 })).to.equal('applied');
    clock.tick(19_999);
    expect(await cache.get(userKey(1))).to.equal('value');
    clock.tick(1);
    expect(await cache.get(userKey(1))).to.equal(undefined);
  });

  it('load once for one key', async () => {
    const load = sinon.spy(async () => 'loaded');
    expect(await cache.getOrLoad(userKey(1), load, { ttl: '1m' })).to.equal('loaded');
    expect(await cache.getOrLoad(userKey(1), load, { ttl: '1m' })).to.equal('loaded');
    expect(load.callCount).to.equal(1);
  });

  it('reject wrong options without calling the loader', async () => {
    const load = sinon.spy();
    const outcome: unknown = await cache.getOrLoad(userKey(1), load, { ttl: -1 }).catch((error: unknown) => error);
    expect(outcome).to.have.property('code', 'ERR_CACHE_DURATION_INVALID');
    expect(
      await cache.getOrLoad('user:1' as never, load, { ttl: 1 }).catch((error: unknown) => error),
    ).to.have.property('code', 'ERR_CACHE_KEY_INVALID');
    expect(load.callCount).to.equal(0);
  });

  it('refuse to set a promise, which no `get` could give back', async () => {
    const outcome: unknown = await cache
      .set(userKey(1), Promise.resolve(1), { ttl: 1 })
      .catch((error: unknown) => error);
    expect(outcome).to.have.property('code', 'ERR_CACHE_VALUE_UNSUPPORTED');
  });

  it('refuse the fill of a load that a `set` has overtaken', async () => {
    const slow = new Deferred<string>();
    const loading = cache.getOrLoad(userKey(1), () => slow.promise, { ttl: '1m' });
    await settle();
    await cache.set(userKey(1), 'set', { ttl: '1m' });
    slow.resolve('loaded');
    expect(await loading).to.equal('loaded');
    expect(await cache.get(userKey(1))).to.equal('set');
  });

  it('clear all keys, and refuse the fills of loads under way', async () => {
    await cache.set(userKey(1), 'old', { ttl: '1m' });
    const slow = new Deferred<string>();
    const loading = cache.getOrLoad(userKey(2), () => slow.promise, { ttl: '1m' });
    await settle();
    expect(await cache.clear()).to.equal('applied');
    slow.resolve('old');
    await loading;
    await settle();
    expect([await cache.get(userKey(1)), await cache.get(userKey(2))]).to.deep.equal([undefined, undefined]);
  });

  it('keep tenants apart by the scope of the cache', async () => {
    let tenant = 'a';
    const scoped = createCache({ store: new MemoryStore(), scope: () => tenant });
    await scoped.set(userKey(1), 'of a', { ttl: 10 });
    tenant = 'b';
    expect(await scoped.get(userKey(1))).to.equal(undefined);
    await scoped.invalidate(userKey(1));
    tenant = 'a';
    expect(await scoped.get(userKey(1))).to.equal('of a');
  });
});
