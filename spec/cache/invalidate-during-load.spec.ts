import { expect } from 'chai';
import { createCache, key, MemoryStore, type Cache, type Lease, type RefreshLock } from 'freshkeep';
import sinon, { type SinonFakeTimers } from 'sinon';

import { asElsewhere } from '../support/other-process.js';
import { ChaosStore } from '../support/chaos-store.js';
import { Deferred, settle } from '../support/deferred.js';
import { useFakeTimers } from '../support/fake-timers.js';
import { Recorder } from '../support/recorder.js';

const k = key`k`;
const options = { ttl: '10s', staleWhileRevalidate: '1h' } as const;

for (const kind of ['memory', 'a store that answers later'] as const) {
  describe(`An invalidation during a load, over ${kind}`, () => {
    let clock: SinonFakeTimers;
    let cache: Cache;
    let recorder: Recorder;

    beforeEach(() => {
      clock = useFakeTimers();
      cache = createCache({ store: kind === 'memory' ? new MemoryStore() : new ChaosStore() });
      recorder = new Recorder(cache);
    });

    afterEach(() => {
      clock.restore();
    });

    it('keeps the old value out of the store', async () => {
      const old = new Deferred<string>();
      const call = cache.getOrLoad(k, () => old.promise, options);
      await settle();
      await cache.invalidate(k);
      old.resolve('old');
      expect(await call).to.equal('old');
      await settle();
      expect(await cache.get(k)).to.equal(undefined);
      expect(recorder.count('fill-refused')).to.equal(1);
    });

    it('lets a call that starts afterwards load for itself, at once', async () => {
      const old = new Deferred<string>();
      const before = cache.getOrLoad(k, () => old.promise, options);
      await settle();
      await cache.invalidate(k);
      expect(await cache.getOrLoad(k, async () => 'new', options)).to.equal('new');
      old.resolve('old');
      await before;
      await settle();
      expect(await cache.get(k)).to.equal('new');
    });

    it('refuses the first of two fills and accepts the second, though the first ends last', async () => {
      const [first, second] = [new Deferred<string>(), new Deferred<string>()];
      const calls = [cache.getOrLoad(k, () => first.promise, options)];
      await settle();
      await cache.invalidate(k);
      calls.push(cache.getOrLoad(k, () => second.promise, options));
      await settle();
      second.resolve('new');
      await calls[1];
      await settle();
      first.resolve('old');
      await calls[0];
      await settle();
      expect(await cache.get(k)).to.equal('new');
    });

    it('refuses the first of two fills though it ends before the second', async () => {
      const [first, second] = [new Deferred<string>(), new Deferred<string>()];
      const calls = [cache.getOrLoad(k, () => first.promise, options)];
      await settle();
      await cache.invalidate(k);
      calls.push(cache.getOrLoad(k, () => second.promise, options));
      await settle();
      first.resolve('old');
      await calls[0];
      await settle();
      expect(await cache.get(k)).to.equal(undefined);
      second.resolve('new');
      await calls[1];
      await settle();
      expect(await cache.get(k)).to.equal('new');
    });

    it('keeps the value of a background refresh out too, and is not undone by the stale entry', async () => {
      await cache.getOrLoad(k, () => 'first', options);
      await clock.tickAsync(11_000);
      const refreshed = new Deferred<string>();
      expect(await cache.getOrLoad(k, () => refreshed.promise, options)).to.equal('first');
      await settle();
      await cache.invalidate(k);
      refreshed.resolve('read before the write');
      await settle();
      expect(await cache.get(k)).to.equal(undefined);
      expect(await cache.getOrLoad(k, () => 'new', options)).to.equal('new');
    });

    it('is never answered with a stale value afterwards', async () => {
      await cache.getOrLoad(k, () => 'old', options);
      await clock.tickAsync(11_000);
      await cache.invalidate(k);
      const failing = cache.getOrLoad(k, () => Promise.reject(new Error('down')), options);
      expect(await failing.catch((error: unknown) => (error as Error).message)).to.equal('down');
    });
  });
}

describe('A call that starts once an invalidation was applied', () => {
  it('does not join a load that began while the store was still applying it', async () => {
    const store = new ChaosStore();
    const cache = createCache({ store });
    const applying = new Deferred();
    store.disturb('invalidate', () => applying.promise);
    const invalidation = cache.invalidate(k);
    const old = new Deferred<string>();
    const early = cache.getOrLoad(k, () => old.promise, { ...options, lock: false });
    await settle();
    applying.resolve();
    await invalidation;
    expect(await cache.getOrLoad(k, async () => 'new', { ...options, lock: false })).to.equal('new');
    old.resolve('old');
    await early;
    await settle();
    expect(await cache.get(k)).to.equal('new');
  });
});

describe('A call that joined a load whose fill was refused by an invalidation elsewhere', () => {
  it('starts over once, while the caller that began the load gets its value', async () => {
    const store = new MemoryStore();
    const [here, elsewhere] = [createCache({ store }), createCache({ store: asElsewhere(store) })];
    const old = new Deferred<string>();
    const leader = here.getOrLoad(k, () => old.promise, options);
    await settle();
    await elsewhere.invalidate(k);
    const joined = here.getOrLoad(k, async () => 'new', options);
    await settle();
    old.resolve('old');
    expect(await leader).to.equal('old');
    expect(await joined).to.equal('new');
    await settle();
    expect(await here.get(k)).to.equal('new');
  });
});

describe('A call that joined a load that stores nothing, and began before an invalidation elsewhere,', () => {
  for (const [why, policy, value] of [
    ['storeIf', { storeIf: () => false }, 'old'],
    ['a ttl of 0', { ttl: () => 0 }, 'old'],
  ] as const) {
    it(`starts over once too, though nothing is filled because of ${why}`, async () => {
      const store = new MemoryStore();
      const [here, elsewhere] = [createCache({ store }), createCache({ store: asElsewhere(store) })];
      const old = new Deferred<string>();
      const leader = here.getOrLoad(k, () => old.promise, { ...options, ...policy });
      await settle();
      await elsewhere.invalidate(k);
      const joined = here.getOrLoad(k, async () => 'new', { ...options, ...policy });
      await settle();
      old.resolve(value);
      expect([await leader, await joined]).to.deep.equal(['old', 'new']);
    });
  }
});

describe('A call that joined a flight which had found an entry, before an invalidation elsewhere,', () => {
  it('looks again, and does not get the invalidated value', async () => {
    const store = new ChaosStore();
    const lockAnswer = new Deferred<Lease>();
    const lock: RefreshLock = { acquire: () => lockAnswer.promise };
    const slowLock = Object.defineProperty(Object.create(store) as ChaosStore, 'lock', { value: lock });
    for (const name of ['read', 'open', 'fill', 'abandon', 'seal', 'invalidate', 'set'] as const) {
      Object.defineProperty(slowLock, name, { value: (store[name] as () => unknown).bind(store) });
    }
    const [here, elsewhere] = [createCache({ store: slowLock }), createCache({ store: asElsewhere(store) })];
    store.disturb('open', async () => {
      store.calm();
      await elsewhere.set(k, 'old', { ttl: '1m' });
    });
    const first = here.getOrLoad(k, async () => 'loaded', options);
    await settle();
    await elsewhere.invalidate(k);
    const joined = here.getOrLoad(k, async () => 'new', options);
    await settle();
    lockAnswer.resolve({ release: () => Promise.resolve() });
    expect(await first).to.equal('old');
    expect(await joined).to.equal('new');
  });
});

describe('An invalidation that the store cannot apply', () => {
  let clock: SinonFakeTimers;
  let store: ChaosStore;
  let cache: Cache;
  let recorder: Recorder;

  beforeEach(async () => {
    clock = useFakeTimers();
    store = new ChaosStore();
    cache = createCache({ store });
    recorder = new Recorder(cache);
    await cache.set(k, 'old', { ttl: '1h' });
  });

  afterEach(() => {
    clock.restore();
  });

  it('is queued; meanwhile the stored value is neither served nor overwritten', async () => {
    store.fail('invalidate');
    expect(await cache.invalidate(k)).to.equal('queued');
    expect(await cache.getOrLoad(k, async () => 'new', options)).to.equal('new');
    expect(await cache.getOrLoad(k, async () => 'newer', options)).to.equal('newer');
    expect(await cache.get(k)).to.equal(undefined);
    expect(recorder.count('invalidate')).to.equal(0);
    expect(recorder.events.find(({ name }) => name === 'invalidation-queued')?.event).to.have.deep.property('keys', [
      'k',
    ]);
  });

  it('keeps a load that was under way from filling, though its ticket is still open in the store', async () => {
    store.fail('invalidate');
    await cache.clear();
    const slow = new Deferred<string>();
    const call = cache.getOrLoad(key`other`, () => slow.promise, options);
    await settle();
    await cache.invalidate(key`other`);
    slow.resolve('read before the write');
    await call;
    await settle();
    expect(store.calls).not.to.include('fill');
  });

  it('is not undone by a call that joined a load from before it, and starts over', async () => {
    store.fail('invalidate');
    await cache.invalidate(k);
    const slow = new Deferred<string>();
    const leader = cache.getOrLoad(k, () => slow.promise, options);
    const joined = cache.getOrLoad(k, async () => 'v2', options);
    await settle();
    await cache.invalidate(k);
    slow.resolve('v1');
    expect([await leader, await joined]).to.deep.equal(['v1', 'v2']);
  });

  it('is tried again until it is applied, and the key is cached again from then on', async () => {
    store.fail('invalidate');
    await cache.invalidate(k);
    await clock.tickAsync(3_000);
    store.calm();
    await clock.tickAsync(5_000);
    expect(recorder.count('invalidation-replayed')).to.equal(1);
    expect(await cache.getOrLoad(k, async () => 'new', options)).to.equal('new');
    expect(await cache.getOrLoad(k, async () => 'newer', options)).to.equal('new');
    expect(clock.countTimers()).to.equal(0);
  });

  it('is not held up by others that cannot be applied', async () => {
    const inner = store.invalidate.bind(store);
    const refusing = sinon.stub(store, 'invalidate').callsFake(async (keys) => {
      if (keys.some((name) => name.startsWith('dead'))) throw new Error('a shard is down');
      await inner(keys);
    });
    await cache.invalidate(key`dead:${1}`, k, ...Array.from({ length: 20 }, (_, n) => key`live:${n}`));
    await clock.tickAsync(10_000);
    expect(await cache.getOrLoad(k, async () => 'new', options)).to.equal('new');
    expect(await cache.get(k)).to.equal('new');
    refusing.restore();
    await clock.tickAsync(10_000);
    await cache.getOrLoad(key`dead:${1}`, async () => 'new', options);
    expect(await cache.get(key`dead:${1}`)).to.equal('new');
  });

  it('collapses into clearing everything when there are too many keys to remember', async () => {
    store.fail('invalidate');
    const keys = Array.from({ length: 10_001 }, (_, n) => key`many:${n}`);
    await cache.invalidate(...keys);
    expect(await cache.get(k)).to.equal(undefined);
    store.calm();
    await clock.tickAsync(10_000);
    expect(store.calls).to.include('clear');
    expect(await cache.getOrLoad(k, async () => 'new', options)).to.equal('new');
    expect(await cache.get(k)).to.equal('new');
  });

  it('is not settled by a replay that began before it', async () => {
    store.fail('invalidate');
    await cache.invalidate(k);
    const replay = new Deferred();
    store.disturb('invalidate', () => replay.promise);
    await clock.tickAsync(200);
    store.fail('invalidate');
    await cache.invalidate(k);
    replay.resolve();
    await settle();
    expect(await cache.getOrLoad(k, async () => 'new', options)).to.equal('new');
    expect(await cache.get(k)).to.equal(undefined);
    store.calm();
    await clock.tickAsync(10_000);
    expect(await cache.getOrLoad(k, async () => 'newest', options)).to.equal('newest');
    expect(await cache.get(k)).to.equal('newest');
  });

  it('is tried once more when the cache is closed', async () => {
    store.fail('invalidate');
    await cache.invalidate(k);
    store.calm();
    const closing = cache.close();
    await clock.tickAsync(10);
    await closing;
    expect(await createCache({ store: asElsewhere(store) }).get(k)).to.equal(undefined);
  });

  it('makes a failed `set` an invalidation of what was there', async () => {
    store.fail('set');
    expect(await cache.set(k, 'new', { ttl: '1h' })).to.equal('queued');
    expect(await cache.get(k)).to.equal(undefined);
    store.calm();
    await clock.tickAsync(10_000);
    expect(await createCache({ store: asElsewhere(store) }).get(k)).to.equal(undefined);
  });
});
