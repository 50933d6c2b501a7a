import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { expect } from 'chai';
import { createCache, key, type StoreObserver } from 'freshkeep';
import sinon, { type SinonFakeTimers } from 'sinon';

import { asElsewhere } from '../support/other-process.js';
import { ChaosStore } from '../support/chaos-store.js';
import { Deferred, settle } from '../support/deferred.js';

const k = key`k`;
const options = { ttl: '10s', staleWhileRevalidate: '1h' } as const;

describe('Closing a cache', () => {
  let clock: SinonFakeTimers;
  let store: ChaosStore;

  beforeEach(() => {
    clock = sinon.useFakeTimers();
    store = new ChaosStore();
  });

  afterEach(() => {
    clock.restore();
  });

  it('waits for a background refresh and its fill', async () => {
    const cache = createCache({ store });
    await cache.getOrLoad(k, () => 'old', options);
    await clock.tickAsync(11_000);
    const slow = new Deferred<string>();
    await cache.getOrLoad(k, () => slow.promise, options);
    const closed = sinon.spy();
    void cache.close().then(closed);
    await clock.tickAsync(1_000);
    expect(closed.callCount).to.equal(0);
    slow.resolve('new');
    await clock.tickAsync(0);
    expect(closed.callCount).to.equal(1);
    expect(await createCache({ store: asElsewhere(store) }).get(k)).to.equal('new');
  });

  it('waits no longer than its timeout for a load that never settles', async () => {
    const cache = createCache({ store });
    void cache.getOrLoad(k, () => new Deferred<string>().promise, options);
    await settle();
    const closed = sinon.spy();
    void cache.close({ timeout: '2s' }).then(closed);
    await clock.tickAsync(1_999);
    expect(closed.callCount).to.equal(0);
    await clock.tickAsync(2);
    await clock.tickAsync(2);
    expect(closed.callCount).to.equal(1);
  });

  it('leaves nothing of it with a store that lives on: that is observed once, whatever comes and goes', async () => {
    const observe = sinon.spy();
    Object.assign(store, { observe });
    const told: string[] = [];
    const names = ['first', 'second', 'third'];
    const caches = names.map((name) => createCache({ store, name }).on('copies-dropped', () => told.push(name)));
    await caches[1]?.close();
    const [[observer]] = observe.args as [[StoreObserver]];
    observer.copiesDropped?.('disconnected');
    expect([observe.callCount, told]).to.deep.equal([1, ['first', 'third']]);
  });

  it('rejects a wrong timeout', async () => {
    const outcome: unknown = await createCache({ store })
      .close({ timeout: -1 })
      .catch((error: unknown) => error);
    expect(outcome).to.have.property('code', 'ERR_CACHE_DURATION_INVALID');
  });

  it('leaves methods answering, without the cache', async () => {
    const cache = createCache({ store });
    await cache.getOrLoad(k, () => 'stored', options);
    await cache.close();
    expect(await cache.getOrLoad(k, () => 'direct', options)).to.equal('direct');
  });

  it('waits for an invalidation under way, and still applies those that come later', async () => {
    const cache = createCache({ store });
    await cache.set(k, 'old', { ttl: '1h' });
    const slow = new Deferred();
    store.disturb('invalidate', () => slow.promise);
    void cache.invalidate(k);
    const closed = sinon.spy();
    const closing = cache.close().then(closed);
    await clock.tickAsync(100);
    expect(closed.callCount).to.equal(0);
    slow.resolve();
    await closing;
    const other = createCache({ store });
    expect(await other.get(k)).to.equal(undefined);

    await other.set(k, 'old', { ttl: '1h' });
    store.fail('invalidate');
    expect(await cache.invalidate(k)).to.equal('queued');
    store.calm();
    await clock.tickAsync(1_000);
    await settle();
    expect(await other.get(k)).to.equal(undefined);
  });
});

describe('A process that closes its cache', () => {
  it('goes on after it, even where nothing else keeps it alive and a load never settles', async () => {
    const program = `
      import { createCache, key, MemoryStore } from 'freshkeep';
      const cache = createCache({ store: new MemoryStore() });
      void cache.getOrLoad(key\`k\`, () => new Promise(() => undefined), { ttl: 1 });
      await cache.close({ timeout: '50ms' });
      console.log('went on');`;
    const { stdout } = await promisify(execFile)(process.execPath, [
      ...['--no-warnings', '--import', 'tsx', '--input-type', 'module'],
      ...['--eval', program],
    ]);
    expect(stdout.trim()).to.equal('went on');
  });
});
