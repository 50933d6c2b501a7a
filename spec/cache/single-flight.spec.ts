import { expect } from 'chai';
import { createCache, key, MemoryStore, type Cache } from 'freshkeep';
import sinon, { type SinonFakeTimers } from 'sinon';

import { ChaosStore } from '../support/chaos-store.js';
import { Deferred, settle } from '../support/deferred.js';
import { useFakeTimers } from '../support/fake-timers.js';
import { Recorder } from '../support/recorder.js';

const k = key`k`;
const options = { ttl: '10s', staleWhileRevalidate: '1h' } as const;

for (const kind of ['a store that answers at once', 'a store that answers later'] as const) {
  describe(`Concurrent calls for one key, over ${kind}`, () => {
    let clock: SinonFakeTimers;
    let cache: Cache;
    let recorder: Recorder;

    beforeEach(() => {
      clock = useFakeTimers();
      cache = createCache({ store: kind === 'a store that answers at once' ? new MemoryStore() : new ChaosStore() });
      recorder = new Recorder(cache);
    });

    afterEach(() => {
      clock.restore();
    });

    it('share one load', async () => {
      const slow = new Deferred<string>();
      const load = sinon.spy(() => slow.promise);
      const calls = Array.from({ length: 100 }, () => cache.getOrLoad(k, load, options));
      await settle();
      slow.resolve('value');
      expect(new Set(await Promise.all(calls))).to.deep.equal(new Set(['value']));
      expect(load.callCount).to.equal(1);
      expect(recorder.count('coalesced')).to.equal(99);
    });

    it('all get the very same error when the load fails; nothing is stored, and the next call loads again', async () => {
      const error = new Error('the source is down');
      const load = sinon.stub().rejects(error);
      const outcomes = await Promise.allSettled(Array.from({ length: 100 }, () => cache.getOrLoad(k, load, options)));
      for (const outcome of outcomes) expect(outcome).to.deep.equal({ status: 'rejected', reason: error });
      for (const outcome of outcomes) expect((outcome as PromiseRejectedResult).reason).to.equal(error);
      expect(load.callCount).to.equal(1);
      load.resolves('value');
      expect(await cache.getOrLoad(k, load, options)).to.equal('value');
    });

    it('reject with what a loader throws at once, even where it is no Error', async () => {
      const thrown = 'just a string';
      const outcome = await cache
        .getOrLoad(
          k,
          () => {
            // eslint-disable-next-line @typescript-eslint/only-throw-error
            throw thrown;
          },
          options,
        )
        .catch((reason: unknown) => ({ reason }));
      expect(outcome).to.deep.equal({ reason: thrown });
    });

    it('take a loader that returns no promise as it is', async () => {
      expect(await cache.getOrLoad(k, () => 'plain', options)).to.equal('plain');
      expect(await cache.getOrLoad(k, () => 'again', options)).to.equal('plain');
    });

    it('no longer join a load that has taken longer than any may, so one that hangs does not hang all', async () => {
      const forever = new Deferred<string>();
      void cache.getOrLoad(k, () => forever.promise, options);
      await clock.tickAsync(59_999);
      const joined = sinon.spy();
      void cache.getOrLoad(k, () => 'joined instead', options).then(joined);
      await settle();
      expect(joined.callCount).to.equal(0);
      await clock.tickAsync(1);
      expect(await cache.getOrLoad(k, () => 'fresh', options)).to.equal('fresh');
    });

    it('are not reached by what another one does to the shared value', async () => {
      const load = async () => ({ list: [1], at: new Date(0) });
      const [first, second] = await Promise.all([cache.getOrLoad(k, load, options), cache.getOrLoad(k, load, options)]);
      first.at.setTime(5);
      expect(second).to.deep.equal({ list: [1], at: new Date(0) });
    });

    it('are not reached by one another where the value is not stored either', async () => {
      const load = async () => ({ at: new Date(0) });
      const once = { ...options, storeIf: () => false };
      const slow = new Deferred<{ at: Date }>();
      const calls = [cache.getOrLoad(k, () => slow.promise, once), cache.getOrLoad(k, load, once)];
      await settle();
      slow.resolve(await load());
      const [first, second] = await Promise.all(calls);
      first?.at.setTime(5);
      expect(second).to.deep.equal({ at: new Date(0) });
    });

    it('back off from a refresh that fails, doubling, instead of trying at every stale hit', async () => {
      await cache.getOrLoad(k, () => 'value', options);
      await clock.tickAsync(10_000);
      const failing = sinon.stub().rejects(new Error('down'));
      for (let second = 0; second < 60; second += 1) {
        for (let call = 0; call < 10; call += 1) expect(await cache.getOrLoad(k, failing, options)).to.equal('value');
        await clock.tickAsync(1_000);
      }
      // Pauses of 1, 2, 4, … 60 s, each shortened by up to half, and a call each second, leave 6 or 7 tries in a minute.
      expect(failing.callCount).to.be.within(6, 7);
      expect(recorder.count('load-failed')).to.equal(failing.callCount);
      failing.resolves('new');
      await clock.tickAsync(60_000);
      await cache.getOrLoad(k, failing, options);
      await settle();
      expect(await cache.getOrLoad(k, failing, options)).to.equal('new');
    });

    it('leave no flight, timer or ticket behind', async () => {
      for (let n = 0; n < 50; n += 1) {
        await cache.getOrLoad(key`k:${n}`, () => n, options);
        await cache.getOrLoad(key`fails:${n}`, () => Promise.reject(new Error('x')), options).catch(() => undefined);
      }
      await settle();
      expect(clock.countTimers()).to.equal(0);
      const closed = cache.close();
      await clock.tickAsync(0);
      await closed;
    });
  });
}

describe('Loads that never settle', () => {
  let clock: SinonFakeTimers;

  beforeEach(() => {
    clock = useFakeTimers();
  });

  afterEach(() => {
    clock.restore();
  });

  for (const invalidated of [false, true]) {
    it(`are let go of once another load begins after \`maxLoad\`${invalidated ? ', invalidated ones too' : ''}`, async () => {
      const store = new MemoryStore();
      const cache = createCache({ store, maxLoad: '1m' });
      const abandon = sinon.spy(store, 'abandon');
      const never = () => new Promise<string>(() => undefined);
      for (let n = 0; n < 50; n += 1) void cache.getOrLoad(key`hangs:${n}`, never, options);
      await cache.getOrLoad(k, () => 'stale', options);
      await clock.tickAsync(10_000);
      expect(await cache.getOrLoad(k, never, options)).to.equal('stale');
      await settle();
      if (invalidated) await cache.clear();

      await clock.tickAsync(60_000);
      expect(await cache.getOrLoad(key`other`, () => 'value', options)).to.equal('value');
      await settle();
      expect(abandon.callCount).to.equal(51);
      let closed = false;
      void cache.close({ timeout: '1h' }).then(() => (closed = true));
      await settle();
      expect(closed).to.equal(true);
    });
  }

  it('fill nothing when they settle after all, and answer those who still wait', async () => {
    const cache = createCache({ store: new MemoryStore(), maxLoad: '1m' });
    const slow = new Deferred<string>();
    const waiting = cache.getOrLoad(k, () => slow.promise, options);
    await clock.tickAsync(60_000);
    await cache.getOrLoad(key`other`, () => 'value', options);
    slow.resolve('late');
    expect(await waiting).to.equal('late');
    expect(await cache.get(k)).to.equal(undefined);
  });

  it('are still loads to the code that runs within them: `super` reaches the method itself', async () => {
    const cache = createCache({ store: new MemoryStore(), maxLoad: '1m' });
    const inner = cache.wrap(async () => 'inner', { key: 'k', ttl: '10s' });
    const slow = new Deferred<void>();
    const outer = cache.wrap(
      async () => {
        await slow.promise;
        return `${await inner()}, outer`;
      },
      { key: 'k', ttl: '10s' },
    );
    const waiting = outer();
    await clock.tickAsync(60_000);
    await cache.getOrLoad(key`other`, () => 'value', options);
    slow.resolve();
    expect(await waiting).to.equal('inner, outer');
    expect(await cache.get(k)).to.equal(undefined);
  });

  it('are timed from the call of the method, not from the wait for another process', async () => {
    const store = new MemoryStore();
    const holder = createCache({ store, maxLoad: '1h' });
    const cache = createCache({ store, maxLoad: '1m' });
    const lock = { wait: '1h' } as const;
    const held = new Deferred<string>();
    const holding = holder.getOrLoad(k, () => held.promise, options).catch(() => undefined);
    await settle();
    const waiting = cache.getOrLoad(k, () => 'value', { ...options, lock });
    await clock.tickAsync(90_000);
    await cache.getOrLoad(key`other`, () => 'value', options);
    held.reject(new Error('the holder failed'));
    await holding;
    await clock.tickAsync(1_000);
    expect(await waiting).to.equal('value');
    expect(await cache.get(k)).to.equal('value');
  });

  it('say nothing about a later refresh when they fail after all', async () => {
    const cache = createCache({ store: new MemoryStore(), maxLoad: '1m' });
    const slow = new Deferred<string>();
    await cache.getOrLoad(k, () => 'first', options);
    await clock.tickAsync(10_000);
    await cache.getOrLoad(k, () => slow.promise, options);
    await clock.tickAsync(60_000);
    await cache.getOrLoad(k, () => 'second', options);
    await settle();
    expect(await cache.get(k)).to.equal('second');
    await clock.tickAsync(10_000);
    slow.reject(new Error('late'));
    await settle();
    const load = sinon.stub().resolves('third');
    expect(await cache.getOrLoad(k, load, options)).to.equal('second');
    await settle();
    expect(load.callCount).to.equal(1);
  });
});

describe('A call within a load of the same key', () => {
  let cache: Cache;

  beforeEach(() => {
    cache = createCache({ store: new MemoryStore() });
  });

  it('reaches the method instead of waiting for itself', async () => {
    const value = await cache.getOrLoad(
      k,
      async () => {
        await Promise.resolve();
        return `outer ${await cache.getOrLoad(k, async () => 'inner', options)}`;
      },
      options,
    );
    expect(value).to.equal('outer inner');
    expect(await cache.get(k)).to.equal('outer inner');
  });

  it('does so through the load of another key in between', async () => {
    const other = key`other`;
    const inner = () => cache.getOrLoad(k, async () => 'inner', options);
    const value = await cache.getOrLoad(k, () => cache.getOrLoad(other, inner, options), options);
    expect(value).to.equal('inner');
  });

  it('is an ordinary call again once the load is over, though its context lives on', async () => {
    let later: (() => Promise<string>) | undefined;
    const tick = new Deferred();
    await cache.getOrLoad(
      k,
      async () => {
        later = async () => {
          await tick.promise;
          return cache.getOrLoad(k, async () => 'again', options);
        };
        return 'first';
      },
      options,
    );
    const pending = later?.();
    tick.resolve();
    expect(await pending).to.equal('first');
  });
});

describe('Loads that need each other by a detour', () => {
  it('do not hang: one of them goes on by itself after `lock.wait`', async () => {
    const clock = useFakeTimers();
    try {
      const cache = createCache({ store: new MemoryStore() });
      const brief = { ...options, lock: { wait: '1s' } } as const;
      const ping = (deep: boolean): Promise<string> =>
        cache.getOrLoad(key`ping`, async () => (deep ? `ping of ${await pong(false)}` : 'ping'), brief);
      const pong = (deep: boolean): Promise<string> =>
        cache.getOrLoad(key`pong`, async () => (deep ? `pong of ${await ping(false)}` : 'pong'), brief);
      const both = Promise.all([ping(true), pong(true)]);
      await clock.tickAsync(2_000);
      expect((await both).every((value) => /^p[io]ng of p[io]ng/.test(value))).to.equal(true);
    } finally {
      clock.restore();
    }
  });

  it('reach the method itself after an invalidation within a load of the same key too', async () => {
    const cache = createCache({ store: new MemoryStore() });
    const load = async (): Promise<string> => {
      await cache.invalidate(k);
      return `outer ${await cache.getOrLoad(k, async () => 'inner', options)}`;
    };
    expect(await cache.getOrLoad(k, load, options)).to.equal('outer inner');
    expect(await cache.get(k)).to.equal(undefined);
  });

  it('leave nobody with the object of another where nothing is stored, whenever they join', async () => {
    for (let turns = 0; turns < 12; turns += 1) {
      const cache = createCache({ store: new MemoryStore() });
      const source = new Deferred<{ at: Date }>();
      const once = { ...options, storeIf: () => false };
      const first = cache.getOrLoad(k, () => source.promise, once);
      await settle();
      source.resolve({ at: new Date(0) });
      for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
      const second = cache.getOrLoad(k, async () => ({ at: new Date(0) }), once);
      expect(await first, `after ${turns} turns`).not.to.equal(await second);
    }
  });
});

describe('Listeners and options that misbehave', () => {
  const throwUnprintable = (): never => {
    throw Object.create(null);
  };

  it('cost no answer and no lease, even where what they throw cannot be printed', async () => {
    const cache = createCache({ store: new MemoryStore() });
    cache.on('miss', throwUnprintable);
    expect(await cache.getOrLoad(k, () => 1, { ttl: throwUnprintable })).to.equal(1);
    expect(await cache.getOrLoad(k, () => 2, { ttl: 1, storeIf: throwUnprintable })).to.equal(2);
    expect(await cache.getOrLoad(k, () => 3, { ttl: 1, when: throwUnprintable })).to.equal(3);
  });

  it('may be asynchronous and reject: the process is warned and lives on', async () => {
    const cache = createCache({ store: new MemoryStore() });
    const warned = new Deferred<Error>();
    const onWarning = (warning: Error) => {
      if ((warning as { code?: string }).code === 'FRESHKEEP_LISTENER_FAILED') warned.resolve(warning);
    };
    process.on('warning', onWarning);
    try {
      cache.on('miss', async () => Promise.reject(new Error('late')));
      await cache.getOrLoad(k, () => 1, options);
      expect((await warned.promise).message).to.contain('late');
    } finally {
      process.off('warning', onWarning);
    }
  });
});

describe('Arguments that are changed after the call', () => {
  for (const kind of ['memory', 'a store that answers later'] as const) {
    it(`leave no value behind under the key of before, over ${kind}`, async () => {
      const cache = createCache({ store: kind === 'memory' ? new MemoryStore() : new ChaosStore() });
      const list = cache.wrap(async (query: { page: number }) => `page ${query.page}`, {
        key: 'list:{0.page}',
        ttl: 60,
      });
      const query = { page: 1 };
      const first = list(query);
      const joined = list({ page: 1 });
      query.page = 2;
      await first;
      expect(await joined).to.equal('page 1');
      await settle();
      expect(await list({ page: 1 })).to.equal('page 1');
    });
  }
});
