import { expect } from 'chai';
import { Cached, configureCache, createCache, key, MemoryStore, type Cache, type CachedOptions } from 'freshkeep';
import sinon from 'sinon';

import { Deferred, settle } from '../support/deferred.js';
import { expectCacheError, expectCacheRejection } from '../support/cache-errors.js';

const userKey = (id: number) => key`user:${id}`;

interface User {
  readonly id: number;
  readonly name: string;
}

/** Options as JavaScript may give them. */
function unchecked(options: Readonly<Record<string, unknown>>): CachedOptions {
  return options as unknown as CachedOptions;
}

describe('@Cached', () => {
  beforeEach(() => {
    configureCache({ store: new MemoryStore() });
  });

  it('calls the method once for one key, and again for another', async () => {
    const source = sinon.fake((id: number): User => ({ id, name: 'Ada' }));
    class Users {
      @Cached({ key: userKey, ttl: '5m' })
      async find(id: number): Promise<User> {
        return source(id);
      }
    }
    const users = new Users();
    expect(await users.find(1)).to.deep.equal({ id: 1, name: 'Ada' });
    expect(await users.find(1)).to.deep.equal({ id: 1, name: 'Ada' });
    expect(await users.find(2)).to.deep.equal({ id: 2, name: 'Ada' });
    expect(source.callCount).to.equal(2);
  });

  it('caches undefined, null, 0, false and the empty string', async () => {
    for (const value of [undefined, null, 0, false, '', NaN]) {
      const source = sinon.fake.returns(value);
      class Users {
        @Cached({ key: key`negative:${value}`, ttl: '5m' })
        async find(): Promise<unknown> {
          return source();
        }
      }
      const users = new Users();
      expect(await users.find()).to.deep.equal(value);
      expect(await users.find()).to.deep.equal(value);
      expect(source.callCount).to.equal(1);
    }
  });

  it('passes all arguments and this on, those that are no part of the key too', async () => {
    const calls: unknown[] = [];
    class Users {
      readonly tenant = 'a';
      @Cached({ key: userKey, ttl: '5m' })
      async find(id: number, ...rest: string[]): Promise<string> {
        calls.push([this, id, rest]);
        return this.tenant;
      }
    }
    const users = new Users();
    expect(await users.find(1, 'x', 'y')).to.equal('a');
    expect(calls).to.deep.equal([[users, 1, ['x', 'y']]]);
  });

  it('takes key, ttl and the stale window in the short form, numbers as seconds', async () => {
    const clock = sinon.useFakeTimers();
    try {
      let loads = 0;
      class Users {
        @Cached('short:{0}', 10, '5s')
        async find(id: number): Promise<number> {
          loads += 1;
          return id * 100 + loads;
        }
      }
      const users = new Users();
      expect(await users.find(1)).to.equal(101);
      await clock.tickAsync(9_999);
      expect(await users.find(1), 'fresh until the ttl').to.equal(101);
      await clock.tickAsync(1);
      expect(await users.find(1), 'stale after it').to.equal(101);
      await settle();
      expect(await users.find(1), 'refreshed').to.equal(102);
      await clock.tickAsync(15_000);
      expect(await users.find(1), 'expired after both').to.equal(103);
    } finally {
      clock.restore();
    }
  });

  it('rejects with the very object that the method threw, and caches nothing', async () => {
    const reasons: readonly unknown[] = [new TypeError('own'), 'text', undefined, null, { code: 1 }];
    for (const thrown of reasons) {
      let calls = 0;
      class Users {
        @Cached({ key: 'failing', ttl: '5m' })
        async find(): Promise<never> {
          calls += 1;
          throw thrown;
        }
      }
      const users = new Users();
      for (const call of [1, 2]) {
        const reason: unknown = await users.find().then(
          () => 'resolved',
          (error: unknown) => error,
        );
        expect(reason).to.equal(thrown);
        expect(calls).to.equal(call);
      }
    }
  });

  it('turns a synchronous throw into a rejection with the same object', async () => {
    const own = new Error('own');
    class Users {
      @Cached({ key: userKey, ttl: '5m' })
      find(id: number): Promise<number> {
        if (id > 0) throw own;
        return Promise.resolve(id);
      }
    }
    const promise = new Users().find(1);
    expect(await promise.catch((error: unknown) => error)).to.equal(own);
  });

  it('takes a method that returns no promise for one that does', async () => {
    const source = sinon.fake.returns(5);
    class Users {
      @Cached({ key: userKey, ttl: '5m' })
      find(id: number): Promise<number> {
        return source(id) as unknown as Promise<number>;
      }
    }
    const users = new Users();
    expect([await users.find(1), await users.find(1)]).to.deep.equal([5, 5]);
    expect(source.callCount).to.equal(1);
  });

  it('rejects a call whose key cannot be made, without calling the method', async () => {
    const source = sinon.fake.resolves(1);
    class Users {
      @Cached({ key: 'user:{0}', ttl: '5m' })
      async byTemplate(id: string): Promise<number> {
        return source(id) as Promise<number>;
      }
      @Cached({ key: (() => 'user:1') as unknown as typeof userKey, ttl: '5m' })
      async byString(id: number): Promise<number> {
        return source(id) as Promise<number>;
      }
    }
    const users = new Users();
    const part = new Map() as unknown as string;
    await expectCacheRejection(users.byTemplate(part), 'ERR_CACHE_KEY_PART_INVALID', 'an instance of Map');
    await expectCacheRejection(users.byString(1), 'ERR_CACHE_KEY_INVALID', 'key`…`', '"user:1"');
    expect(source.callCount).to.equal(0);
  });

  it('finds its cache when it is called: classes may be loaded before bootstrap', async () => {
    let loads = 0;
    class Users {
      @Cached({ key: userKey, ttl: '5m' })
      async find(id: number): Promise<number> {
        loads += 1;
        return id;
      }
    }
    const users = new Users();
    const hits: string[] = [];
    for (const name of ['first', 'second']) {
      configureCache({ store: new MemoryStore(), name }).on('hit', ({ key: text }) => hits.push(`${name} ${text}`));
      await users.find(1);
      await users.find(1);
    }
    expect(loads).to.equal(2);
    expect(hits).to.deep.equal(['first user:1', 'second user:1']);
  });
});

describe('an option of @Cached', () => {
  let cache: Cache;
  beforeEach(() => {
    cache = configureCache({ store: new MemoryStore() });
  });

  it('when: false calls the method without the cache', async () => {
    let calls = 0;
    class Users {
      @Cached({ key: userKey, ttl: '5m', when: (id: number, detail: string) => id > 0 && detail !== 'live' })
      async find(id: number, detail: string): Promise<string> {
        calls += 1;
        return `${id} ${detail} ${calls}`;
      }
    }
    const users = new Users();
    expect(await users.find(1, 'x')).to.equal('1 x 1');
    expect(await users.find(1, 'live'), 'not read').to.equal('1 live 2');
    expect(await users.find(1, 'x'), 'not filled').to.equal('1 x 1');
    expect(await users.find(-1, 'x')).to.equal('-1 x 3');
    expect(await users.find(-1, 'x')).to.equal('-1 x 4');
  });

  it('storeIf: false serves the value and does not keep it', async () => {
    const seen: unknown[] = [];
    let calls = 0;
    class Users {
      @Cached({
        key: userKey,
        ttl: '5m',
        storeIf: (value: number | null, id: number) => {
          seen.push([value, id]);
          return value !== null;
        },
      })
      async find(id: number): Promise<number | null> {
        calls += 1;
        return id > 0 ? id : null;
      }
    }
    const users = new Users();
    expect([await users.find(0), await users.find(0), await users.find(1), await users.find(1)]).to.deep.equal([
      null,
      null,
      1,
      1,
    ]);
    expect(calls).to.equal(3);
    expect(seen).to.deep.equal([
      [null, 0],
      [null, 0],
      [1, 1],
    ]);
  });

  it('ttl may come from the value and the arguments; 0 means not to store this one', async () => {
    const clock = sinon.useFakeTimers();
    try {
      const ttl = sinon.fake((value: { seconds: number }) => value.seconds);
      let calls = 0;
      class Users {
        @Cached({ key: userKey, ttl })
        async find(id: number): Promise<{ seconds: number }> {
          calls += 1;
          return { seconds: id };
        }
      }
      const users = new Users();
      await users.find(3);
      expect(ttl.args).to.deep.equal([[{ seconds: 3 }, 3]]);
      await clock.tickAsync(2_999);
      await users.find(3);
      expect(calls).to.equal(1);
      await clock.tickAsync(1);
      await users.find(3);
      expect(calls).to.equal(2);
      await users.find(0);
      await users.find(0);
      expect(calls).to.equal(4);
    } finally {
      clock.restore();
    }
  });

  it('cache chooses the cache, asked at each call', async () => {
    const caches = [createCache({ store: new MemoryStore() }), createCache({ store: new MemoryStore() })];
    let chosen = 0;
    let calls = 0;
    class Users {
      @Cached({ key: userKey, ttl: '5m', cache: () => caches[chosen]! })
      async find(id: number): Promise<number> {
        calls += 1;
        return id;
      }
    }
    const users = new Users();
    await users.find(1);
    await users.find(1);
    expect(calls).to.equal(1);
    chosen = 1;
    await users.find(1);
    expect(calls).to.equal(2);
    expect(await cache.get(userKey(1)), 'the default cache is left alone').to.equal(undefined);
    expect(await caches[0]!.get(userKey(1))).to.equal(1);
  });

  it('scope keeps the entries of instances apart', async () => {
    const texts: string[] = [];
    cache.on('fill', ({ key: text }) => texts.push(text));
    class Users {
      readonly tenant: string;
      constructor(tenant: string) {
        this.tenant = tenant;
      }
      @Cached({ key: userKey, ttl: '5m', scope: (users: Users) => users.tenant })
      async find(id: number): Promise<string> {
        return `${this.tenant} ${id}`;
      }
    }
    expect(await new Users('a').find(1)).to.equal('a 1');
    expect(await new Users('b:c').find(1)).to.equal('b:c 1');
    expect(await new Users('a').find(1)).to.equal('a 1');
    expect(texts).to.deep.equal(['@a:user:1', '@b%3Ac:user:1']);
  });

  it('without scope all instances share their entries', async () => {
    let calls = 0;
    class Users {
      @Cached({ key: userKey, ttl: '5m' })
      async find(id: number): Promise<number> {
        calls += 1;
        return id;
      }
    }
    await new Users().find(1);
    await new Users().find(1);
    expect(calls).to.equal(1);
  });

  it('scope that returns no string rejects the call: a missing tenant is no tenant', async () => {
    class Users {
      readonly tenant: string | undefined = undefined;
      @Cached({ key: userKey, ttl: '5m', scope: (users: Users) => users.tenant as string })
      async find(id: number): Promise<number> {
        return id;
      }
    }
    await expectCacheRejection(new Users().find(1), 'ERR_CACHE_OPTION_INVALID', '`scope`', 'undefined');
  });

  it('lock: false does without the refresh lock of the store', async () => {
    const store = new MemoryStore();
    const acquire = sinon.spy(store.lock, 'acquire');
    configureCache({ store });
    class Users {
      @Cached({ key: userKey, ttl: '5m', lock: false })
      async unlocked(id: number): Promise<number> {
        return id;
      }
      @Cached({ key: 'locked:{0}', ttl: '5m' })
      async locked(id: number): Promise<number> {
        return id;
      }
    }
    await new Users().unlocked(1);
    expect(acquire.callCount).to.equal(0);
    await new Users().locked(1);
    expect(acquire.callCount).to.equal(1);
  });
});

describe('the scope of a cache', () => {
  it('keeps the entries of tenants apart, asked at each call, outside the scope of the instance', async () => {
    const texts: string[] = [];
    let tenant = 'a';
    configureCache({ store: new MemoryStore(), scope: () => tenant }).on('fill', ({ key: text }) => texts.push(text));
    class Users {
      @Cached({ key: userKey, ttl: '5m' })
      async find(id: number): Promise<string> {
        return `${tenant} ${id}`;
      }
      @Cached({ key: userKey, ttl: '5m', scope: () => 'inner' })
      async scoped(id: number): Promise<number> {
        return id;
      }
    }
    const users = new Users();
    expect(await users.find(1)).to.equal('a 1');
    tenant = 'b';
    expect(await users.find(1)).to.equal('b 1');
    tenant = 'a';
    expect(await users.find(1)).to.equal('a 1');
    await users.scoped(1);
    expect(texts).to.deep.equal(['@a:user:1', '@b:user:1', '@a:@inner:user:1']);
  });
});

describe('a wrong option of @Cached', () => {
  const wrong: readonly (readonly [title: string, options: Record<string, unknown>, code: string, option: string])[] = [
    ['no key', { ttl: 1 }, 'ERR_CACHE_OPTION_INVALID', '`key`'],
    ['a number as key', { key: 7, ttl: 1 }, 'ERR_CACHE_OPTION_INVALID', '`key`'],
    ['a template with a name', { key: '{id}', ttl: 1 }, 'ERR_CACHE_KEY_TEMPLATE_INVALID', '`key`'],
    ['no ttl', { key: 'x' }, 'ERR_CACHE_DURATION_INVALID', '`ttl`'],
    ['a ttl of 0', { key: 'x', ttl: 0 }, 'ERR_CACHE_DURATION_INVALID', '`ttl`'],
    ['a negative ttl', { key: 'x', ttl: -1 }, 'ERR_CACHE_DURATION_INVALID', '`ttl`'],
    ['NaN as ttl', { key: 'x', ttl: NaN }, 'ERR_CACHE_DURATION_INVALID', '`ttl`'],
    ['an unknown unit', { key: 'x', ttl: '5 minutes' }, 'ERR_CACHE_DURATION_INVALID', '`ttl`'],
    [
      'a negative stale window',
      { key: 'x', ttl: 1, staleWhileRevalidate: -1 },
      'ERR_CACHE_DURATION_INVALID',
      '`staleWhileRevalidate`',
    ],
    ['a when that is no function', { key: 'x', ttl: 1, when: true }, 'ERR_CACHE_OPTION_INVALID', '`when`'],
    ['a storeIf that is no function', { key: 'x', ttl: 1, storeIf: true }, 'ERR_CACHE_OPTION_INVALID', '`storeIf`'],
    ['a scope that is no function', { key: 'x', ttl: 1, scope: 'a' }, 'ERR_CACHE_OPTION_INVALID', '`scope`'],
    ['a cache that is no function', { key: 'x', ttl: 1, cache: {} }, 'ERR_CACHE_OPTION_INVALID', '`cache`'],
    ['lock: true', { key: 'x', ttl: 1, lock: true }, 'ERR_CACHE_OPTION_INVALID', '`lock`'],
    ['a lease of 0', { key: 'x', ttl: 1, lock: { lease: 0 } }, 'ERR_CACHE_DURATION_INVALID', '`lock.lease`'],
    ['a tiny lease', { key: 'x', ttl: 1, lock: { lease: '10ms' } }, 'ERR_CACHE_OPTION_INVALID', '`lock.lease`'],
    ['a negative wait', { key: 'x', ttl: 1, lock: { wait: -1 } }, 'ERR_CACHE_DURATION_INVALID', '`lock.wait`'],
  ];
  for (const [title, options, code, option] of wrong) {
    it(`(${title}) throws when the class is defined, naming ${option}`, () => {
      expectCacheError(() => Cached(unchecked(options)), code as 'ERR_CACHE_OPTION_INVALID', option);
    });
  }

  it('(nothing at all) throws as well', () => {
    for (const nothing of [undefined, null, 7]) {
      expectCacheError(() => Cached(nothing as unknown as CachedOptions), 'ERR_CACHE_OPTION_INVALID', '@Cached');
    }
    expectCacheError(() => Cached('x', undefined as unknown as number), 'ERR_CACHE_DURATION_INVALID', '`ttl`');
  });
});

describe('concurrent calls of a decorated method', () => {
  it('share one load, and its error', async () => {
    configureCache({ store: new MemoryStore() });
    const loads: Deferred<string>[] = [];
    class Users {
      @Cached({ key: userKey, ttl: '5m' })
      async find(_id: number): Promise<string> {
        const load = new Deferred<string>();
        loads.push(load);
        return load.promise;
      }
    }
    const users = new Users();
    const failing = [users.find(1), users.find(1), users.find(1)];
    await settle();
    const own = new Error('own');
    loads[0]!.reject(own);
    const reasons = await Promise.all(failing.map((call) => call.catch((error: unknown) => error)));
    expect(reasons).to.deep.equal([own, own, own]);
    expect(new Set(reasons).size).to.equal(1);
    const succeeding = [users.find(1), users.find(1)];
    await settle();
    loads[1]!.resolve('x');
    expect(await Promise.all(succeeding)).to.deep.equal(['x', 'x']);
    expect(loads.length).to.equal(2);
  });
});
