import { AsyncResource } from 'node:async_hooks';

import { expect } from 'chai';
import {
  createCache,
  deferInvalidations,
  key,
  MemoryStore,
  withCacheRefreshed,
  type Cache,
  type Store,
} from 'freshkeep';
import sinon, { type SinonFakeTimers } from 'sinon';

import { ChaosStore } from '../support/chaos-store.js';
import { Deferred, settle } from '../support/deferred.js';
import { Recorder } from '../support/recorder.js';

const k = key`k`;
const other = key`other`;
const LONG = { ttl: '10m' } as const;

const STORES: readonly (readonly [string, () => Store])[] = [
  ['memory', () => new MemoryStore()],
  ['a store that answers later', () => new ChaosStore()],
];

for (const [title, createStore] of STORES) {
  describe(`Deferred invalidations, over ${title}`, () => {
    let store: Store;
    let cache: Cache;
    /** What others see. */
    let committed: string;
    /** What the transaction sees. */
    let written: string | undefined;

    beforeEach(async () => {
      store = createStore();
      cache = createCache({ store });
      committed = 'old';
      written = undefined;
      await find();
    });

    const find = (k_ = k): Promise<string> => cache.getOrLoad(k_, () => written ?? committed, LONG);
    const stored = (k_ = k): Promise<unknown> => cache.get(k_);

    /** A transaction that writes `value` and invalidates by `invalidate`. */
    async function write(
      value: string,
      invalidate: () => Promise<string> = () => cache.invalidate(k),
    ): Promise<string> {
      written = value;
      return invalidate();
    }

    function commit(): void {
      committed = written ?? committed;
      written = undefined;
    }

    it('are applied when the scope has ended well, before its promise resolves', async () => {
      const told: string[] = [];
      cache.on('invalidate', ({ key: text }) => told.push(text));
      const result = await deferInvalidations(async () => {
        expect(await write('new')).to.equal('deferred');
        await settle();
        expect(told).to.deep.equal([]);
        commit();
        return 'result';
      });
      expect([result, told]).to.deep.equal(['result', ['k']]);
      expect(await find()).to.equal('new');
    });

    it('are dropped when it rejects, and when it throws', async () => {
      for (const fail of [() => Promise.reject(new Error('rolled back')), thrower('rolled back')]) {
        const outcome = deferInvalidations(async () => {
          await write('new');
          return fail();
        });
        expect(await outcome.catch(String)).to.equal('Error: rolled back');
        written = undefined;
        expect(await stored()).to.equal('old');
      }
      expect(await deferInvalidations(thrower('at once')).catch(String)).to.equal('Error: at once');
    });

    it('leave others the old value until then, and the new one afterwards', async () => {
      const inside = new Deferred();
      const scope = deferInvalidations(async () => {
        await write('new');
        await inside.promise;
        commit();
      });
      await settle();
      written = undefined;
      expect(await find()).to.equal('old');
      written = 'new';
      inside.resolve();
      await scope;
      expect(await find()).to.equal('new');
    });

    it('end the loads that others began meanwhile', async () => {
      await cache.invalidate(k);
      const slow = new Deferred<string>();
      let reading: Promise<unknown> | undefined;
      await deferInvalidations(async () => {
        await write('new');
        await outside(async () => {
          reading = cache.getOrLoad(k, () => slow.promise, LONG);
          await settle();
        });
        commit();
      });
      slow.resolve('old');
      expect(await reading).to.equal('old');
      expect(await find()).to.equal('new');
    });

    it('let a call within the scope see what was written there, and store nothing of it', async () => {
      await deferInvalidations(async () => {
        expect(await find()).to.equal('old');
        await write('new');
        expect(await find()).to.equal('new');
        written = 'newer';
        expect(await find()).to.equal('newer');
        expect(await stored()).to.equal(undefined);
        throw new Error('rolled back');
      }).catch(() => undefined);
      written = undefined;
      expect(await stored()).to.equal('old');
    });

    for (const [title, began] of [
      ['that began', () => cache.invalidate(k)],
      ['in the background that began', () => cache.set(k, 'old', { ttl: '1ms', staleWhileRevalidate: '10m' })],
    ] as const) {
      for (const [how, invalidate] of [
        ['by key', () => cache.invalidate(k)],
        ['by tag', () => cache.invalidateTags('a')],
        ['with everything', () => cache.clear()],
        ['by `set`', () => cache.set(k, 'new', LONG)],
      ] as const) {
        it(`leave nothing behind of a load ${title} in the scope before a write ${how} that is rolled back`, async () => {
          const clock = sinon.useFakeTimers({ toFake: ['performance', 'Date'] });
          await began();
          clock.tick(10);
          const slow = new Deferred<string>();
          const read = (load: () => string | Promise<string>) =>
            cache.getOrLoad(k, load, { ttl: '10m', staleWhileRevalidate: '10m', tags: ['a'] });
          try {
            await deferInvalidations(async () => {
              const reading = read(() => slow.promise);
              await settle();
              await write('new', invalidate);
              slow.resolve('uncommitted');
              await reading;
              await settle();
              throw new Error('rolled back');
            }).catch(() => undefined);
            written = undefined;
            expect(await stored()).to.not.equal('uncommitted');
          } finally {
            clock.restore();
          }
        });
      }
    }

    it('leave nothing behind of what the scope has loaded before it told of its write', async () => {
      await cache.invalidate(k);
      await deferInvalidations(async () => {
        written = 'uncommitted';
        expect(await find()).to.equal('uncommitted');
        await cache.invalidate(k);
        throw new Error('rolled back');
      }).catch(() => undefined);
      written = undefined;
      expect(await find()).to.equal('old');
    });

    it('leave nothing behind of what the scope has loaded anew before it told of its write', async () => {
      await deferInvalidations(async () => {
        written = 'uncommitted';
        expect(await withCacheRefreshed(() => find())).to.equal('uncommitted');
        await settle();
        await cache.invalidate(k);
        throw new Error('rolled back');
      }).catch(() => undefined);
      written = undefined;
      expect(await find()).to.equal('old');
    });

    it('let one outside, who joined a load of the scope, look for itself once the scope has written', async () => {
      await cache.invalidate(k);
      const slow = new Deferred<string>();
      let joined: Promise<string> | undefined;
      let answers: unknown;
      await deferInvalidations(async () => {
        const reading = cache.getOrLoad(k, () => slow.promise, LONG);
        await settle();
        joined = outside(() => cache.getOrLoad(k, () => committed, LONG));
        await settle();
        await write('new');
        slow.resolve('uncommitted');
        written = undefined;
        answers = await Promise.all([reading, joined]);
        throw new Error('rolled back');
      }).catch(() => undefined);
      expect(answers).to.deep.equal(['uncommitted', 'old']);
    });

    it('do not touch calls of other keys within the scope', async () => {
      await find(other);
      let loads = 0;
      cache.on('load', () => (loads += 1));
      await deferInvalidations(async () => {
        await write('new');
        await find(other);
      });
      expect(loads).to.equal(0);
    });

    describe('of tags', () => {
      const tagged = (tags: Parameters<Cache['getOrLoad']>[2]['tags']) =>
        cache.getOrLoad(other, () => written ?? committed, { ...LONG, tags: tags as never });

      for (const [kind, tags] of [
        ['known from the arguments', ['a']],
        ['known from the value', { fromValue: () => ['a'] }],
      ] as const) {
        it(`are applied, and let the scope see what it wrote, where they are ${kind}`, async () => {
          await tagged(tags);
          await deferInvalidations(async () => {
            await write('new', () => cache.invalidateTags('a'));
            expect(await tagged(tags)).to.equal('new');
            commit();
          });
          expect(await stored(other)).to.equal(undefined);
          expect(await tagged(tags)).to.equal('new');
        });

        it(`show others nothing that the scope has loaded, where they are ${kind}`, async () => {
          let seen: unknown;
          await deferInvalidations(async () => {
            await write('new', () => cache.invalidateTags('a'));
            await tagged(tags);
            await settle();
            seen = await outside(() => stored(other));
          });
          expect(seen).to.equal(undefined);
        });

        it(`store nothing that the scope has loaded, where they are ${kind}`, async () => {
          await deferInvalidations(async () => {
            await write('new', () => cache.invalidateTags('a'));
            expect(await tagged(tags)).to.equal('new');
            throw new Error('rolled back');
          }).catch(() => undefined);
          expect(await stored(other)).to.equal(undefined);
        });
      }

      it('are seen by `get`', async () => {
        await tagged(['a']);
        await deferInvalidations(async () => {
          await write('new', () => cache.invalidateTags('a'));
          expect(await stored(other)).to.equal(undefined);
          expect(await outside(() => stored(other))).to.equal('old');
        });
      });

      it('are not seen by the entry where that has expired, whether or not the store still keeps it', async () => {
        const clock = sinon.useFakeTimers({ toFake: ['performance', 'Date'] });
        try {
          await tagged(['a']);
          clock.tick(600_001);
          await deferInvalidations(async () => {
            await write('new', () => cache.invalidateTags('a'));
            expect(await find(other)).to.equal('new');
            commit();
          });
          expect(await stored(other)).to.equal('new');
        } finally {
          clock.restore();
        }
      });

      it('are seen by one who knows nothing of them, by the entry', async () => {
        await tagged(['a']);
        await deferInvalidations(async () => {
          await write('new', () => cache.invalidateTags('a'));
          expect(await find(other)).to.equal('new');
        });
      });
    });

    it('include `clear` and `set`', async () => {
      await find(other);
      await deferInvalidations(async () => {
        expect(await cache.set(k, 'set', LONG)).to.equal('deferred');
        expect(await stored()).to.equal(undefined);
        expect(await cache.clear()).to.equal('deferred');
        expect(await stored(other)).to.equal(undefined);
      });
      expect([await stored(), await stored(other)]).to.deep.equal([undefined, undefined]);
    });

    it('of scopes within each other are applied with the outermost, even where an inner one fails', async () => {
      await find(other);
      await deferInvalidations(async () => {
        await deferInvalidations(() => write('new'));
        await deferInvalidations(async () => {
          await cache.invalidate(other);
          throw new Error('caught');
        }).catch(() => undefined);
        commit();
        expect(await outside(() => stored())).to.equal('old');
      });
      expect([await stored(), await stored(other)]).to.deep.equal([undefined, undefined]);
    });

    it('of parallel branches are all part of the scope, and those of parallel scopes apart', async () => {
      const keys = [0, 1, 2, 3].map((id) => key`many:${id}`);
      await Promise.all(keys.map((each) => find(each)));
      const scopeOf = (ids: readonly number[], fails: boolean) =>
        deferInvalidations(async () => {
          await Promise.all(
            ids.map(async (id) => {
              await settle();
              await cache.invalidate(keys[id] ?? k);
            }),
          );
          if (fails) throw new Error('rolled back');
        }).catch(() => undefined);
      await Promise.all([scopeOf([0, 1], false), scopeOf([2, 3], true)]);
      const left = await Promise.all(keys.map((each) => stored(each)));
      expect(left).to.deep.equal([undefined, undefined, 'old', 'old']);
    });

    it('of several caches are applied in each, and are seen in all over one store', async () => {
      const [same, apart] = [createCache({ store }), createCache({ store: createStore() })];
      await apart.getOrLoad(k, () => 'old', LONG);
      await deferInvalidations(async () => {
        await write('new', () => same.invalidate(k));
        await apart.invalidate(k);
        expect(await find()).to.equal('new');
        expect(await apart.get(k)).to.equal(undefined);
      });
      expect([await stored(), await apart.get(k)]).to.deep.equal([undefined, undefined]);
    });

    it('are applied at once by what goes on after the scope is over', async () => {
      const later = new Deferred();
      let result: Promise<string> | undefined;
      await deferInvalidations(async () => {
        result = later.promise.then(() => cache.invalidate(k));
      });
      later.resolve();
      expect(await result).to.equal('applied');
      expect(await stored()).to.equal(undefined);
    });

    it('leave no trace in calls that come later', async () => {
      await deferInvalidations(() => write('new'));
      commit();
      const recorder = new Recorder(cache);
      for (let call = 1; call <= 2; call += 1) expect(await find()).to.equal('new');
      expect(recorder.names).to.deep.equal(['miss', 'load', 'fill', 'hit']);
    });
  });
}

describe('Deferred invalidations, while the store is away', () => {
  let clock: SinonFakeTimers;

  beforeEach(() => {
    clock = sinon.useFakeTimers();
  });

  afterEach(() => {
    clock.restore();
  });

  it('are queued when the scope has ended, and the scope ends well', async () => {
    const store = new ChaosStore();
    const cache = createCache({ store });
    store.fail('invalidate');
    const result = await deferInvalidations(async () => {
      await cache.invalidate(k);
      return 'committed';
    });
    expect([result, cache.health().queuedInvalidations]).to.deep.equal(['committed', 1]);
  });
});

function thrower(message: string): () => never {
  return () => {
    throw new Error(message);
  };
}

/** Made before any scope. */
const outsideOfScopes = new AsyncResource('outside');

function outside<T>(code: () => Promise<T>): Promise<T> {
  return outsideOfScopes.runInAsyncScope(code);
}
