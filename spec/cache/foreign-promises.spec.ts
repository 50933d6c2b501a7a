import { runInNewContext } from 'node:vm';

import { expect } from 'chai';
import { createCache, key, MemoryStore, type Cache, type Store } from 'freshkeep';

import { Recorder } from '../support/recorder.js';

/** As a test runner makes them that runs each file in a realm of its own. */
const ForeignPromise = runInNewContext('Promise') as PromiseConstructor;

/** What a store has to tell at once. */
const AT_ONCE: readonly PropertyKey[] = ['seal', 'readFresh'];

/** `target`, whose methods answer with promises of another realm. */
function inAnotherRealm<T extends object>(target: T): T {
  return new Proxy(target, {
    get(_, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member === 'function') {
        return (...args: unknown[]): unknown => {
          const answer = (): unknown => Reflect.apply(member, target, args);
          return AT_ONCE.includes(name)
            ? answer()
            : new ForeignPromise((resolve, reject) => {
                Promise.resolve().then(answer).then(resolve, reject);
              });
        };
      }
      return typeof member === 'object' && member !== null ? inAnotherRealm(member) : member;
    },
  });
}

describe('A store and a lock whose promises are of another realm', () => {
  const k = key`k`;
  const options = { ttl: '10s' } as const;
  let medium: MemoryStore;
  let cache: Cache;
  let recorder: Recorder;

  beforeEach(() => {
    medium = new MemoryStore();
    const store: Store = inAnotherRealm(medium);
    cache = createCache({ store });
    recorder = new Recorder(cache);
  });

  it('are waited for: a miss, a hit, an invalidation', async () => {
    let loads = 0;
    const find = (): Promise<number> => cache.getOrLoad(k, () => (loads += 1), options);
    expect([await find(), await find()]).to.deep.equal([1, 1]);
    await cache.invalidate(k);
    expect(await find()).to.equal(2);
    await cache.close();
    expect(recorder.names).to.deep.equal(['miss', 'load', 'fill', 'hit', 'invalidate', 'miss', 'load', 'fill']);
    expect(medium.size).to.equal(1);
  });

  it('may reject, which is told, and no call fails for it', async () => {
    medium.open = () => {
      throw new Error('no open');
    };
    medium.lock.acquire = () => {
      throw new Error('no lock');
    };
    expect(await cache.getOrLoad(k, () => 'value', options)).to.equal('value');
    expect(recorder.names).to.include('store-failed').and.to.include('lock-failed');
  });
});
