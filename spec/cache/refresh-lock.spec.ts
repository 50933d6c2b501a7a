import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { expect } from 'chai';
import { createCache, key, MemoryStore, type Cache, type LeaseTerms, type RefreshLock } from 'freshkeep';
import sinon, { type SinonFakeTimers } from 'sinon';

import { ChaosStore } from '../support/chaos-store.js';
import { Deferred, settle } from '../support/deferred.js';
import { Recorder } from '../support/recorder.js';

const k = key`k`;
const options = { ttl: '10s', staleWhileRevalidate: '1h' } as const;

/** Two caches over one store stand for two processes. */
describe('Two caches over one store', () => {
  let clock: SinonFakeTimers;
  let here: Cache;
  let elsewhere: Cache;
  let recorder: Recorder;

  beforeEach(() => {
    clock = sinon.useFakeTimers();
    const store = new MemoryStore();
    [here, elsewhere] = [createCache({ store }), createCache({ store })];
    recorder = new Recorder(here);
  });

  afterEach(() => {
    clock.restore();
  });

  it('load a cold key once: one waits for what the other fills', async () => {
    const slow = new Deferred<string>();
    const first = elsewhere.getOrLoad(k, () => slow.promise, options);
    await settle();
    const load = sinon.spy(() => 'loaded twice');
    const second = here.getOrLoad(k, load, options);
    await clock.tickAsync(500);
    slow.resolve('value');
    await first;
    await clock.tickAsync(100);
    expect(await second).to.equal('value');
    expect(load.callCount).to.equal(0);
    expect(recorder.names).to.deep.equal(['miss', 'wait']);
  });

  it('refresh a stale entry once, and neither waits', async () => {
    await here.getOrLoad(k, () => 'old', options);
    await clock.tickAsync(10_000);
    const slow = new Deferred<string>();
    expect(await elsewhere.getOrLoad(k, () => slow.promise, options)).to.equal('old');
    await settle();
    const load = sinon.spy(() => 'refreshed twice');
    for (let n = 0; n < 20; n += 1) {
      expect(await here.getOrLoad(k, load, options)).to.equal('old');
      await clock.tickAsync(50);
    }
    slow.resolve('new');
    await settle();
    expect(await here.getOrLoad(k, load, options)).to.equal('new');
    expect(load.callCount).to.equal(0);
  });

  it('go on when the one that loads fails: the waiter takes over at its next look', async () => {
    const slow = new Deferred<string>();
    const first = elsewhere.getOrLoad(k, () => slow.promise, options).catch(() => 'failed');
    await settle();
    const second = here.getOrLoad(k, () => 'taken over', options);
    await clock.tickAsync(1_000);
    slow.reject(new Error('down'));
    expect(await first).to.equal('failed');
    await clock.tickAsync(250);
    expect(await second).to.equal('taken over');
    expect(await elsewhere.get(k)).to.equal('taken over');
  });

  it('wait at most `lock.wait` for each other', async () => {
    const forever = new Deferred<string>();
    void elsewhere.getOrLoad(k, () => forever.promise, options);
    await settle();
    const done = sinon.spy();
    void here.getOrLoad(k, () => 'by itself', { ...options, lock: { wait: '3s' } }).then(done);
    await clock.tickAsync(2_999);
    expect(done.callCount).to.equal(0);
    await clock.tickAsync(1);
    expect(done.args).to.deep.equal([['by itself']]);
    expect(await here.get(k)).to.equal('by itself');
  });

  it('do not wait at all without the lock', async () => {
    const forever = new Deferred<string>();
    void elsewhere.getOrLoad(k, () => forever.promise, options);
    await settle();
    expect(await here.getOrLoad(k, () => 'by itself', { ...options, lock: false })).to.equal('by itself');
  });

  it('look again once they hold the lock: what the other filled meanwhile is not loaded again', async () => {
    const store = new ChaosStore();
    const slowly = createCache({ store });
    const answer = new Deferred();
    store.disturb('read', () => answer.promise);
    const load = sinon.spy(() => 'loaded twice');
    const call = slowly.getOrLoad(k, load, options);
    await settle();
    store.calm();
    // The read is answered before this fill, the caller learns of it afterwards.
    answer.resolve();
    store.disturb('open', async () => {
      store.calm();
      await createCache({ store }).set(k, 'filled meanwhile', { ttl: '1m' });
    });
    expect(await call).to.equal('filled meanwhile');
    expect(load.callCount).to.equal(0);
  });
});

describe('A refresh lock that fails', () => {
  for (const [fault, acquire] of [
    ['rejects', () => Promise.reject(new Error('lock down'))],
    [
      'is lost while the load goes on',
      (_key: string, terms: LeaseTerms) => {
        terms.onLost(new Error('lease over'));
        return Promise.resolve({ release: () => Promise.resolve() });
      },
    ],
  ] as const) {
    it(`and ${fault} does not keep the method from answering, nor the value from being stored`, async () => {
      const store = new MemoryStore();
      const lock: RefreshLock = { acquire };
      Object.defineProperty(store, 'lock', { value: lock });
      const cache = createCache({ store });
      const recorder = new Recorder(cache);
      expect(await cache.getOrLoad(k, () => 'value', options)).to.equal('value');
      expect(await cache.get(k)).to.equal('value');
      expect(recorder.count('lock-failed')).to.equal(1);
    });
  }
});

describe('A store that fails', () => {
  let store: ChaosStore;
  let cache: Cache;
  let recorder: Recorder;

  beforeEach(() => {
    store = new ChaosStore();
    cache = createCache({ store });
    recorder = new Recorder(cache);
  });

  for (const operation of ['read', 'open', 'fill'] as const) {
    it(`at \`${operation}\` costs no answer, and callers still share one load`, async () => {
      store.fail(operation);
      const load = sinon.spy(async () => 'value');
      const calls = Array.from({ length: 100 }, () => cache.getOrLoad(k, load, options));
      expect(new Set(await Promise.all(calls))).to.deep.equal(new Set(['value']));
      expect(load.callCount).to.equal(1);
      expect(recorder.count('store-failed')).to.be.greaterThan(0);
    });
  }

  it('at `read` is not asked for anything else by that call', async () => {
    store.fail('read');
    await cache.getOrLoad(k, () => 'value', options);
    expect(store.calls).to.deep.equal(['read']);
  });

  it('at `open` gets no fill: a ticket that may open later would prove nothing', async () => {
    store.fail('open');
    await cache.getOrLoad(k, () => 'value', options);
    await settle();
    expect(store.calls).not.to.include('fill');
    expect(recorder.events.find(({ name }) => name === 'fill-skipped')?.event).to.have.property('reason', 'no ticket');
  });
});

describe('A call that waits for the fill of another', () => {
  it('keeps its process alive until it has its answer', async () => {
    const program = `
      import { createCache, key, MemoryStore } from 'freshkeep';
      const store = new MemoryStore();
      const [here, elsewhere] = [createCache({ store }), createCache({ store })];
      const k = key\`k\`;
      void elsewhere.getOrLoad(k, () => new Promise(() => undefined), { ttl: 1 });
      await new Promise((resolve) => setTimeout(resolve, 10));
      console.log(await here.getOrLoad(k, () => 'by itself', { ttl: 1, lock: { wait: '100ms' } }));`;
    const { stdout } = await promisify(execFile)(process.execPath, [
      ...['--no-warnings', '--import', 'tsx', '--input-type', 'module'],
      ...['--eval', program],
    ]);
    expect(stdout.trim()).to.equal('by itself');
  });
});
