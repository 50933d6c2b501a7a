import { expect } from 'chai';
import {
  configureCache,
  createCache,
  deferInvalidations,
  InvalidatesCache,
  key,
  MemoryStore,
  type Cache,
} from 'freshkeep';
import sinon, { type SinonFakeTimers } from 'sinon';

import { expectCacheError } from '../support/cache-errors.js';
import { settle } from '../support/deferred.js';
import { useFakeTimers } from '../support/fake-timers.js';

const userKey = (id: number) => key`user:${id}`;
const LONG = { ttl: '10m' } as const;

class Users {
  @InvalidatesCache({ keys: [userKey], tags: ['users'], repeatAfter: '500ms' })
  async rename(id: number): Promise<number> {
    return id;
  }
}

describe('@InvalidatesCache with `repeatAfter`', () => {
  const users = new Users();
  let clock: SinonFakeTimers;
  let store: MemoryStore;
  let cache: Cache;

  beforeEach(() => {
    clock = useFakeTimers();
    store = new MemoryStore();
    cache = configureCache({ store });
  });

  afterEach(() => {
    clock.restore();
  });

  const fill = async () => {
    await cache.set(userKey(1), 'from a replica', LONG);
    await cache.set(userKey(2), 'from a replica', { ...LONG, tags: ['users'] });
  };
  /** By whatever cache: this one may be closed. */
  const stored = async () => {
    const values = await Promise.all([1, 2].map((id) => createCache({ store }).get(userKey(id))));
    return values.filter((value) => value !== undefined).length;
  };

  it('invalidates once more after that time, and never again', async () => {
    await fill();
    await users.rename(1);
    expect(await stored()).to.equal(0);
    await fill();
    await clock.tickAsync(499);
    expect(await stored()).to.equal(2);
    await clock.tickAsync(1);
    expect(await stored()).to.equal(0);
    await fill();
    await clock.tickAsync(10_000);
    expect([await stored(), clock.countTimers()]).to.deep.equal([2, 0]);
  });

  it('counts from the end of a scope of deferred invalidations', async () => {
    await deferInvalidations(async () => {
      await users.rename(1);
      await clock.tickAsync(1_000);
      expect(clock.countTimers()).to.equal(0);
    });
    await fill();
    await clock.tickAsync(499);
    expect(await stored()).to.equal(2);
    await clock.tickAsync(1);
    expect(await stored()).to.equal(0);
  });

  it('is dropped with a scope that fails', async () => {
    await deferInvalidations(() => users.rename(1).then(() => Promise.reject(new Error('rolled back')))).catch(settle);
    expect(clock.countTimers()).to.equal(0);
  });

  it('is done at once when the cache is closed, before that has ended, and from then on', async () => {
    await users.rename(1);
    await fill();
    await cache.close();
    expect([await stored(), clock.countTimers()]).to.deep.equal([0, 0]);
    const invalidations = sinon.spy(store, 'invalidate');
    await users.rename(1);
    await settle();
    expect([invalidations.callCount, clock.countTimers()]).to.deep.equal([2, 0]);
  });

  it('does not keep the process alive', async () => {
    const timers = sinon.spy(globalThis, 'setTimeout');
    await users.rename(1);
    timers.restore();
    expect(timers.returnValues.map((timer) => timer.hasRef())).to.deep.equal([false]);
  });

  for (const wrong of [0, -1, '5 minutes']) {
    it(`refuses ${wrong} when the class is defined`, () => {
      const options = { keys: [userKey], repeatAfter: wrong } as never;
      expectCacheError(
        () => InvalidatesCache(options),
        'ERR_CACHE_DURATION_INVALID',
        '`repeatAfter`',
        'more than zero',
      );
    });
  }
});
