import { expect } from 'chai';
import { createCache, key, MemoryStore, type Cache, type Store } from 'freshkeep';
import sinon, { type SinonFakeTimers } from 'sinon';

import { expectCacheRejection } from '../support/cache-errors.js';
import { ChaosStore } from '../support/chaos-store.js';
import { Deferred, settle } from '../support/deferred.js';
import { asElsewhere } from '../support/other-process.js';
import { Recorder } from '../support/recorder.js';

const k = key`k`;

const STORES: readonly (readonly [string, () => Store])[] = [
  ['memory', () => new MemoryStore()],
  ['a store that answers later', () => new ChaosStore()],
];

for (const [title, createStore] of STORES) {
  describe(`Lifetimes, over ${title}`, () => {
    let clock: SinonFakeTimers;
    let store: Store;
    let cache: Cache;
    let recorder: Recorder;
    let source: () => string | Promise<string>;
    let loads: number;

    beforeEach(() => {
      clock = sinon.useFakeTimers({ now: 1_000 });
      store = createStore();
      cache = createCache({ store });
      recorder = new Recorder(cache);
      source = () => 'first';
      loads = 0;
    });

    afterEach(() => {
      clock.restore();
    });

    type Options = Parameters<Cache['getOrLoad']>[2];
    const find = (options: Partial<Options>, of = cache): Promise<unknown> =>
      of.getOrLoad(k, () => ((loads += 1), source()), { ttl: '10s', ...options });
    const fail = (): string => {
      throw new Error('down');
    };

    describe('staleIfError', () => {
      const options = { ttl: '10s', staleIfError: '1h' } as const;

      it('answers with the stale value where the load fails, until its window is over', async () => {
        await find(options);
        source = fail;
        await clock.tickAsync(11_000);
        expect(await find(options)).to.equal('first');
        expect(recorder.names.slice(-3)).to.deep.equal(['load', 'load-failed', 'stale-if-error']);
        await clock.tickAsync(3_600_000 - 1_500);
        expect(await find(options)).to.equal('first');
        await clock.tickAsync(600);
        expect(await find(options).catch(String)).to.equal('Error: down');
      });

      it('is not asked where the load succeeds', async () => {
        await find(options);
        source = () => 'second';
        await clock.tickAsync(11_000);
        expect(await find(options)).to.equal('second');
        expect(recorder.count('stale-if-error')).to.equal(0);
      });

      it('spares a source that has just failed, and asks it again after a while', async () => {
        await find(options);
        source = fail;
        await clock.tickAsync(11_000);
        for (let call = 1; call <= 10; call += 1) expect(await find(options)).to.equal('first');
        expect(loads).to.equal(2);
        await clock.tickAsync(1_100);
        source = () => 'second';
        expect(await find(options)).to.equal('second');
      });

      it('begins where staleWhileRevalidate ends', async () => {
        const both = { ...options, staleWhileRevalidate: '20s' } as const;
        await find(both);
        source = fail;
        await clock.tickAsync(15_000);
        expect(await find(both)).to.equal('first');
        expect(recorder.count('stale-hit')).to.equal(1);
        await clock.tickAsync(20_000);
        expect(await find(both)).to.equal('first');
        expect(recorder.count('stale-if-error')).to.equal(1);
      });

      it('makes no difference where it is shorter than staleWhileRevalidate', async () => {
        const shorter = { ttl: '10s', staleWhileRevalidate: '20s', staleIfError: '5s' } as const;
        await find(shorter);
        source = fail;
        await clock.tickAsync(29_000);
        expect(await find(shorter)).to.equal('first');
        await clock.tickAsync(2_000);
        expect(await find(shorter).catch(String)).to.equal('Error: down');
      });

      it('never answers with what was invalidated, before the load or during it, here or elsewhere', async () => {
        const elsewhere = createCache({ store: asElsewhere(store) });
        for (const invalidate of [() => cache.invalidate(k), () => elsewhere.invalidate(k), () => elsewhere.clear()]) {
          source = () => 'first';
          await find(options);
          await clock.tickAsync(11_000);
          const gate = new Deferred<string>();
          source = () => gate.promise;
          const outcome = find(options).catch(String);
          await settle();
          await invalidate();
          gate.reject(new Error('down'));
          expect(await outcome).to.equal('Error: down');
          source = fail;
          expect(await find(options).catch(String)).to.equal('Error: down');
          await clock.tickAsync(60_000);
        }
      });

      it('answers everyone who joined the load that failed', async () => {
        await find(options);
        await clock.tickAsync(11_000);
        const gate = new Deferred<string>();
        source = () => gate.promise;
        const calls = [find(options), find(options), find(options)];
        await settle();
        gate.reject(new Error('down'));
        expect(await Promise.all(calls)).to.deep.equal(['first', 'first', 'first']);
        expect(loads).to.equal(2);
      });

      it('answers with nothing whose window has ended while it was loading', async () => {
        const short = { ttl: '10s', staleIfError: '20s' } as const;
        await find(short);
        await clock.tickAsync(29_000);
        const gate = new Deferred<string>();
        source = () => gate.promise;
        const outcome = find(short).catch(String);
        await clock.tickAsync(2_000);
        gate.reject(new Error('down'));
        expect(await outcome).to.equal('Error: down');
      });

      it('is what makes a failed load hold up the next: without it, a refresh is tried at once', async () => {
        const stale = { ttl: '100ms', staleWhileRevalidate: '1h' } as const;
        source = fail;
        expect(await find(stale).catch(String)).to.equal('Error: down');
        await cache.set(k, 'first', stale);
        await clock.tickAsync(101);
        recorder.events.length = 0;
        expect(await find(stale)).to.equal('first');
        await settle();
        expect(recorder.count('load')).to.equal(1);
      });

      it('is kept of a value that was set', async () => {
        await cache.set(k, 'set', options);
        source = fail;
        await clock.tickAsync(11_000);
        expect(await find(options)).to.equal('set');
        expect(recorder.count('stale-if-error')).to.equal(1);
      });

      it('gives nothing to `get`, nor to a policy without it', async () => {
        await find(options);
        source = fail;
        await clock.tickAsync(11_000);
        expect(await cache.get(k)).to.equal(undefined);
        expect(await find({ ttl: '10s' }).catch(String)).to.equal('Error: down');
      });
    });

    describe('loadTimeout', () => {
      const options = { loadTimeout: '500ms' } as const;

      it('rejects the callers of a load that takes longer, which fills all the same', async () => {
        const slow = new Deferred<string>();
        source = () => slow.promise;
        const calls = [find(options), find(options)].map((call) =>
          expectCacheRejection(call, 'ERR_CACHE_LOAD_TIMEOUT', '`k`', '500 ms'),
        );
        await clock.tickAsync(502);
        await Promise.all(calls);
        slow.resolve('late');
        await settle();
        expect(await find(options)).to.equal('late');
        expect(loads).to.equal(1);
      });

      it('lets later callers join the load that goes on', async () => {
        const slow = new Deferred<string>();
        source = () => slow.promise;
        const first = find(options).catch(() => 'rejected');
        await clock.tickAsync(600);
        const second = find(options);
        await clock.tickAsync(300);
        slow.resolve('late');
        expect([await first, await second, loads]).to.deep.equal(['rejected', 'late', 1]);
      });

      it('answers by staleIfError where there is one', async () => {
        const both = { ...options, staleIfError: '1h' } as const;
        await find(both);
        await clock.tickAsync(11_000);
        source = () => new Deferred<string>().promise;
        const call = find(both);
        await clock.tickAsync(502);
        expect(await call).to.equal('first');
      });

      it('leaves an error and a value in time alone, and no timer behind', async () => {
        expect(await find(options)).to.equal('first');
        await cache.invalidate(k);
        source = fail;
        expect(await find(options).catch(String)).to.equal('Error: down');
        await settle();
        expect(clock.countTimers()).to.equal(0);
      });
    });

    describe('staleAfter', () => {
      const options = { staleWhileRevalidate: '1h', staleAfter: '200ms' } as const;

      beforeEach(async () => {
        await find(options);
        await clock.tickAsync(11_000);
      });

      it('waits for a refresh that is quick enough', async () => {
        const quick = new Deferred<string>();
        source = () => quick.promise;
        const calls = [find(options), find(options)];
        await clock.tickAsync(190);
        quick.resolve('second');
        expect(await Promise.all(calls)).to.deep.equal(['second', 'second']);
        expect([loads, recorder.count('stale-hit')]).to.deep.equal([2, 0]);
      });

      it('takes the stale value when the time is over, and the refresh fills all the same', async () => {
        const slow = new Deferred<string>();
        source = () => slow.promise;
        const call = find(options);
        await clock.tickAsync(202);
        expect(await call).to.equal('first');
        slow.resolve('second');
        await settle();
        expect([await find(options), loads]).to.deep.equal(['second', 2]);
      });

      it('takes the stale value at once where the refresh fails, and does not wait while it pauses', async () => {
        source = fail;
        expect(await find(options)).to.equal('first');
        expect(await find(options)).to.equal('first');
        expect([loads, recorder.count('stale-hit')]).to.deep.equal([2, 2]);
      });

      it('takes the stale value at once where another process refreshes', async () => {
        const elsewhere = createCache({ store: asElsewhere(store) });
        source = () => new Deferred<string>().promise;
        void find(options, elsewhere);
        await settle();
        expect(await find(options)).to.equal('first');
        expect(loads).to.equal(2);
      });

      it('gives each who waited a value of their own, though it is not stored', async () => {
        const clones = createCache({ store: new MemoryStore({ isolation: 'clone' }) });
        let times = 0;
        const load = () => ({ n: [(times += 1)] });
        const call = () => clones.getOrLoad(k, load, { ttl: '10s', ...options, storeIf: ({ n }) => n[0] === 1 });
        await call();
        await clock.tickAsync(11_000);
        const [one, other] = await Promise.all([call(), call()]);
        one.n.push(7);
        expect(other).to.deep.equal({ n: [2] });
      });

      it('takes nothing of a refresh that began before an invalidation elsewhere', async () => {
        const elsewhere = createCache({ store: asElsewhere(store) });
        const slow = new Deferred<string>();
        source = () => slow.promise;
        const first = find({ ...options, lock: false });
        await settle();
        await elsewhere.invalidate(k);
        source = () => 'second';
        await find(options, elsewhere);
        await clock.tickAsync(11_000);
        source = () => 'third';
        const second = find({ ...options, lock: false });
        await settle();
        slow.resolve('from before');
        await clock.tickAsync(300);
        expect(await second).to.not.equal('from before');
        void first;
      });

      it('gives each who waited a value of their own', async () => {
        const clones = createCache({ store: new MemoryStore({ isolation: 'clone' }) });
        const load = () => ({ n: [1] });
        const call = () => clones.getOrLoad(k, load, { ttl: '10s', ...options });
        await call();
        await clock.tickAsync(11_000);
        const [one, other] = await Promise.all([call(), call()]);
        one.n.push(2);
        expect([other, await call()]).to.deep.equal([{ n: [1] }, { n: [1] }]);
      });
    });

    describe('jitter', () => {
      it('shortens each ttl by up to its share, at random', async () => {
        const lives: number[] = [];
        cache.on('fill', ({ ttl }) => lives.push(ttl));
        for (let id = 0; id < 200; id += 1) await cache.getOrLoad(key`j:${id}`, () => id, { ttl: '100s', jitter: 0.2 });
        expect(Math.min(...lives)).to.be.within(80_000, 82_000);
        expect(Math.max(...lives)).to.be.within(98_000, 100_000);
        expect(new Set(lives).size).to.be.above(150);
      });

      it('never shortens it to nothing', async () => {
        for (let id = 0; id < 50; id += 1) await cache.getOrLoad(key`j:${id}`, () => id, { ttl: '2ms', jitter: 1 });
        expect(recorder.count('fill')).to.equal(50);
      });
    });
  });
}

describe('A wrong lifetime', () => {
  const cache = createCache({ store: new MemoryStore() });
  for (const [option, value, code, expectation] of [
    ['staleIfError', -1, 'ERR_CACHE_DURATION_INVALID', 'zero or more'],
    ['staleIfError', '5 minutes', 'ERR_CACHE_DURATION_INVALID', 'zero or more'],
    ['loadTimeout', 0, 'ERR_CACHE_DURATION_INVALID', 'more than zero'],
    ['staleAfter', NaN, 'ERR_CACHE_DURATION_INVALID', 'more than zero'],
    ['jitter', 1.1, 'ERR_CACHE_OPTION_INVALID', 'a number from 0 to 1'],
    ['jitter', '10%', 'ERR_CACHE_OPTION_INVALID', 'a number from 0 to 1'],
  ] as const) {
    it(`is refused: \`${option}\` as ${value}`, async () => {
      const options = { ttl: '1m', [option]: value } as never;
      const message = [`Expected \`${option}\` to be ${expectation}`, String(value).replaceAll('%', '')];
      await expectCacheRejection(
        cache.getOrLoad(k, () => 1, options),
        code,
        ...message,
      );
    });
  }
});
