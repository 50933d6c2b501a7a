import { expect } from 'chai';
import { createCache, key, MemoryStore, type Cache, type Duration } from 'freshkeep';

import { expectCacheError } from '../support/cache-errors.js';
import { Deferred, settle } from '../support/deferred.js';

const LONG = { ttl: '10m' } as const;

describe('The number of loads at once', () => {
  let cache: Cache;
  let running: number;
  let most: number;

  function create(maxConcurrentLoads?: number, maxLoad: Duration = '60s'): void {
    running = most = 0;
    const options = { store: new MemoryStore(), maxLoad };
    cache = createCache(maxConcurrentLoads === undefined ? options : { ...options, maxConcurrentLoads });
  }

  async function load(until: Promise<unknown>): Promise<string> {
    running += 1;
    most = Math.max(most, running);
    try {
      await until;
      return 'value';
    } finally {
      running -= 1;
    }
  }

  const find = (id: number, until: Promise<unknown>) => cache.getOrLoad(key`k:${id}`, () => load(until), LONG);

  it('is at most `maxConcurrentLoads`; the others wait, and all are answered', async () => {
    create(3);
    const gates = Array.from({ length: 10 }, () => new Deferred());
    const calls = gates.map(({ promise }, id) => find(id, promise));
    await settle();
    expect(cache.health().loads).to.deep.equal({ running: 3, waiting: 7 });
    for (const gate of gates) {
      gate.resolve();
      await settle();
    }
    expect(await Promise.all(calls)).to.deep.equal(Array(10).fill('value'));
    expect(most).to.equal(3);
    expect(cache.health().loads).to.deep.equal({ running: 0, waiting: 0 });
  });

  it('is any by default', async () => {
    create();
    const gate = new Deferred();
    const calls = Array.from({ length: 50 }, (_, id) => find(id, gate.promise));
    await settle();
    expect(cache.health().loads).to.deep.equal({ running: 50, waiting: 0 });
    gate.resolve();
    await Promise.all(calls);
  });

  it('counts a load that fails only until it has failed', async () => {
    create(1);
    const failing = cache.getOrLoad(key`bad`, () => Promise.reject(new Error('own')), LONG);
    const waiting = find(1, Promise.resolve());
    expect(await failing.catch((error: unknown) => (error as Error).message)).to.equal('own');
    expect(await waiting).to.equal('value');
  });

  it('leaves out loads within loads, which would wait for each other', async () => {
    create(1);
    const outer = (id: number): Promise<unknown> =>
      cache.getOrLoad(key`outer:${id}`, () => (id === 0 ? load(Promise.resolve()) : outer(id - 1)), LONG);
    expect(await outer(5)).to.equal('value');
  });

  it('leaves out, once another load begins, one that has taken longer than any may', async () => {
    create(1, '1s');
    void find(1, new Promise(() => undefined));
    await new Promise((resolve) => setTimeout(resolve, 1_020));
    expect(await find(2, Promise.resolve())).to.equal('value');
  });

  it('leaves them out across caches too', async () => {
    create(1);
    const other = createCache({ store: new MemoryStore(), maxConcurrentLoads: 1 });
    const pass = (from: Cache, to: Cache, name: string): Promise<string> =>
      from.getOrLoad(
        key`${name}:outer`,
        async () => {
          await settle();
          return to.getOrLoad(key`${name}:inner`, () => 'value', LONG);
        },
        LONG,
      );
    expect(await Promise.all([pass(cache, other, 'one'), pass(other, cache, 'two')])).to.deep.equal(['value', 'value']);
  });

  it('lets a load begin at once for which another one waits', async () => {
    create(2);
    let rates = 0;
    const findRates = () =>
      cache.getOrLoad(
        key`rates`,
        () => {
          rates += 1;
          return 'rates';
        },
        LONG,
      );
    const gate = new Deferred();
    const products = [1, 2].map((id) =>
      cache.getOrLoad(key`product:${id}`, async () => (await gate.promise, findRates()), LONG),
    );
    await settle();
    const plain = findRates();
    await settle();
    expect([rates, cache.health().loads.waiting]).to.deep.equal([0, 1]);
    gate.resolve();
    expect(await Promise.all([...products, plain])).to.deep.equal(['rates', 'rates', 'rates']);
    expect(rates).to.equal(1);
  });

  it('leaves out calls that wait for another process', async () => {
    const store = new MemoryStore();
    const [here, there] = [createCache({ store }), createCache({ store, maxConcurrentLoads: 1 })];
    const gate = new Deferred();
    const first = here.getOrLoad(key`shared`, () => load(gate.promise), LONG);
    await settle();
    const waiting = there.getOrLoad(key`shared`, () => 'other', LONG);
    await settle();
    expect(await there.getOrLoad(key`own`, () => 'own', LONG)).to.equal('own');
    gate.resolve();
    expect(await Promise.all([first, waiting])).to.deep.equal(['value', 'value']);
  });

  it('costs no load its ticket, however long it waits', async () => {
    create(1, '1s');
    let fills = 0;
    cache.on('fill', () => (fills += 1));
    await Promise.all(
      Array.from({ length: 30 }, (_, id) => find(id, new Promise((resolve) => setTimeout(resolve, 45)))),
    );
    expect(fills).to.equal(30);
  });

  it('leaves out one that has taken longer than any may, though no other load begins', async () => {
    create(1, '1s');
    void find(1, new Promise(() => undefined));
    const waiting = find(2, Promise.resolve());
    const keepAlive = setTimeout(() => undefined, 5_000);
    expect(await waiting).to.equal('value');
    clearTimeout(keepAlive);
  });

  it('is refused where it is no number of loads', () => {
    for (const wrong of [0, -1, 1.5, NaN, '3']) {
      expectCacheError(
        () => {
          create(wrong as number);
        },
        'ERR_CACHE_OPTION_INVALID',
        '`maxConcurrentLoads` to be a whole number of at least 1, got',
      );
    }
  });
});
