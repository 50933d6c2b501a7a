import { expect } from 'chai';
import {
  Cached,
  configureCache,
  createCache,
  InvalidatesCache,
  key,
  MemoryStore,
  type Cache,
  type CacheKey,
  type InvalidatesCacheOptions,
} from 'freshkeep';

import { Deferred, settle } from '../support/deferred.js';
import { expectCacheError, expectCacheRejection } from '../support/cache-errors.js';

const userKey = (id: number) => key`user:${id}`;
const orderKey = (customer: number, order: number) => key`order:${customer}:${order}`;
const report = key`report`;

interface Order {
  readonly id: number;
  readonly customer: { readonly id: number };
}

const order: Order = { id: 7, customer: { id: 1 } };

/** Its invalidations fail while it is away. */
class FlakyStore extends MemoryStore {
  away = false;
  override invalidate(keys: readonly string[]): void {
    if (this.away) throw new Error('away');
    super.invalidate(keys);
  }
}

describe('@InvalidatesCache', () => {
  let cache: Cache;
  let store: FlakyStore;
  beforeEach(() => {
    store = new FlakyStore();
    cache = configureCache({ store });
  });

  /** Which of these keys are still stored after `write`? */
  async function leftAfter(write: () => Promise<unknown>, ...keys: readonly CacheKey[]): Promise<string[]> {
    for (const stored of keys) await cache.set(stored, 'old', { ttl: '5m' });
    await write();
    const values = await Promise.all(keys.map((stored) => cache.get(stored)));
    return keys.filter((_, index) => values[index] !== undefined).map(({ text }) => text);
  }

  it('invalidates the key of a key function over the leading parameters', async () => {
    class Users {
      @InvalidatesCache(userKey)
      async rename(id: number, name: string): Promise<string> {
        return name + String(id);
      }
    }
    const left = await leftAfter(() => new Users().rename(1, 'Ada'), userKey(1), userKey(2));
    expect(left).to.deep.equal(['user:2']);
  });

  it('invalidates template strings, constants and several at once', async () => {
    class Orders {
      @InvalidatesCache('order:{0.customer.id}:{0.id}', report, 'list')
      async save(given: Order): Promise<Order> {
        return given;
      }
    }
    const left = await leftAfter(() => new Orders().save(order), orderKey(1, 7), orderKey(1, 8), report, key`list`);
    expect(left).to.deep.equal(['order:1:8']);
  });

  it('invalidates a key whose arguments come from those of the method', async () => {
    class Orders {
      @InvalidatesCache({ key: orderKey, args: (given: Order) => [given.customer.id, given.id] })
      async save(given: Order): Promise<Order> {
        return given;
      }
      @InvalidatesCache({ key: 'order:{0}:{1}', args: (id: number, customer: number) => [customer, id] })
      async remove(id: number, customer: number): Promise<number> {
        return id + customer;
      }
    }
    expect(await leftAfter(() => new Orders().save(order), orderKey(1, 7), orderKey(1, 8))).to.deep.equal([
      'order:1:8',
    ]);
    expect(await leftAfter(() => new Orders().remove(8, 1), orderKey(1, 7), orderKey(1, 8))).to.deep.equal([
      'order:1:7',
    ]);
  });

  it('invalidates a key whose arguments come from the result', async () => {
    class Orders {
      @InvalidatesCache(
        { key: orderKey, fromResult: (saved: Order) => [saved.customer.id, saved.id] },
        { key: 'count:{0}:{1}', fromResult: (saved: Order, customer: number) => [customer, saved.id] },
      )
      async create(customer: number): Promise<Order> {
        return { id: 7, customer: { id: customer } };
      }
    }
    const left = await leftAfter(() => new Orders().create(1), orderKey(1, 7), orderKey(1, 8), key`count:${1}:${7}`);
    expect(left).to.deep.equal(['order:1:8']);
  });

  it('invalidates nothing where there are no arguments this time, and is told what was forgotten', async () => {
    class Orders {
      @InvalidatesCache(
        { key: userKey, args: (id: number | undefined) => (id === undefined ? null : [id]) },
        { key: 'count:{0}', fromResult: (count: number) => (count > 0 ? [count] : null) },
      )
      async save(id: number | undefined): Promise<number> {
        return id ?? 0;
      }

      @InvalidatesCache({ key: userKey, args: (() => undefined) as unknown as () => [number] })
      async forget(): Promise<void> {
        // Not reached.
      }
    }
    const keys = [userKey(0), userKey(1), key`count:${0}`, key`count:${1}`];
    const texts = keys.map(({ text }) => text);
    expect(await leftAfter(() => new Orders().save(undefined), ...keys)).to.deep.equal(texts);
    expect(await leftAfter(() => new Orders().save(1), ...keys)).to.deep.equal([texts[0], texts[2]]);
    await expectCacheRejection(new Orders().forget(), 'ERR_CACHE_OPTION_INVALID', '`args`', 'or null', 'undefined');
  });

  it('takes keys, cache and scope in one options object', async () => {
    const other = createCache({ store: new MemoryStore() });
    class Orders {
      readonly tenant = 'a';
      @InvalidatesCache({
        keys: [
          userKey,
          { key: 'order:{0}', args: (id: number) => [id] },
          { key: 'r:{0}', fromResult: (id: number) => [id] },
        ],
        scope: (orders: Orders) => orders.tenant,
        cache: () => other,
      })
      async save(id: number): Promise<number> {
        return id;
      }
    }
    const keys = [userKey(1), key`order:${1}`, key`r:${1}`];
    for (const unscoped of keys) {
      await other.set(unscoped.within('a'), 'old', { ttl: '5m' });
      await other.set(unscoped.within('b'), 'old', { ttl: '5m' });
    }
    const leftInDefault = await leftAfter(() => new Orders().save(1), ...keys);
    expect(leftInDefault).to.deep.equal(['user:1', 'order:1', 'r:1']);
    for (const unscoped of keys) {
      expect(await other.get(unscoped.within('a'))).to.equal(undefined);
      expect(await other.get(unscoped.within('b'))).to.equal('old');
    }
  });

  it('reaches the entries of readers with the same scope', async () => {
    let loads = 0;
    class Users {
      readonly tenant: string;
      constructor(tenant: string) {
        this.tenant = tenant;
      }
      @Cached({ key: userKey, ttl: '5m', scope: (users: Users) => users.tenant })
      async find(id: number): Promise<number> {
        loads += 1;
        return id;
      }
      @InvalidatesCache({ keys: [userKey], scope: (users: Users) => users.tenant })
      async touch(id: number): Promise<number> {
        return id;
      }
    }
    const [a, b] = [new Users('a'), new Users('b')];
    await a.find(1);
    await b.find(1);
    await a.touch(1);
    await b.find(1);
    expect(loads).to.equal(2);
    await a.find(1);
    expect(loads).to.equal(3);
  });

  it('runs after the method succeeded and before its caller goes on', async () => {
    const events: string[] = [];
    const written = new Deferred();
    cache.on('invalidate', ({ key: text }) => events.push(text));
    class Users {
      @InvalidatesCache(userKey)
      async rename(id: number): Promise<number> {
        await written.promise;
        events.push('written');
        return id;
      }
    }
    const call = new Users().rename(1).then(() => events.push('answered'));
    await settle();
    expect(events).to.deep.equal([]);
    written.resolve();
    await call;
    expect(events).to.deep.equal(['written', 'user:1', 'answered']);
  });

  it('does nothing when the method fails, and rejects with the very same object', async () => {
    const own = new Error('own');
    class Users {
      @InvalidatesCache(userKey)
      async rename(_id: number): Promise<never> {
        throw own;
      }
      @InvalidatesCache(userKey)
      remove(id: number): Promise<number> {
        if (id > 0) throw own;
        return Promise.resolve(id);
      }
    }
    for (const write of [() => new Users().rename(1), () => new Users().remove(1)]) {
      const outcome = (): Promise<unknown> => write().catch((error: unknown) => error);
      const left = await leftAfter(async () => {
        expect(await outcome()).to.equal(own);
      }, userKey(1));
      expect(left).to.deep.equal(['user:1']);
    }
  });

  it('returns what the method returned, and passes this and all arguments on', async () => {
    const result = { id: 1 };
    const calls: unknown[] = [];
    class Users {
      @InvalidatesCache('user:{0}')
      async rename(...args: unknown[] & [number, string]): Promise<typeof result> {
        calls.push([this, args]);
        return result;
      }
    }
    const users = new Users();
    expect(await users.rename(1, 'Ada')).to.equal(result);
    expect(calls).to.deep.equal([[users, [1, 'Ada']]]);
  });

  it('rejects a call whose key cannot be made before anything is written', async () => {
    let writes = 0;
    class Users {
      @InvalidatesCache('user:{0}')
      async byTemplate(_id: string): Promise<void> {
        writes += 1;
      }
      @InvalidatesCache({ key: 'user:{0}', args: (id: string) => [id] })
      async byArguments(_id: string): Promise<void> {
        writes += 1;
      }
      @InvalidatesCache((() => 'user:1') as unknown as typeof userKey)
      async byString(_id: number): Promise<void> {
        writes += 1;
      }
      @InvalidatesCache({ key: userKey, args: (() => 7) as unknown as () => [number] })
      async withoutList(_id: number): Promise<void> {
        writes += 1;
      }
    }
    const users = new Users();
    const part = new Map() as unknown as string;
    await expectCacheRejection(users.byTemplate(part), 'ERR_CACHE_KEY_PART_INVALID', 'an instance of Map');
    await expectCacheRejection(users.byArguments(part), 'ERR_CACHE_KEY_PART_INVALID', 'an instance of Map');
    await expectCacheRejection(users.byString(1), 'ERR_CACHE_KEY_INVALID', '"user:1"');
    await expectCacheRejection(users.withoutList(1), 'ERR_CACHE_OPTION_INVALID', '`args`', '7');
    expect(writes).to.equal(0);
  });

  it('rejects a call without a cache or a scope before anything is written', async () => {
    const own = new Error('own');
    let writes = 0;
    class Users {
      @InvalidatesCache({
        keys: [userKey],
        cache: () => {
          throw own;
        },
      })
      async withoutCache(_id: number): Promise<void> {
        writes += 1;
      }
      @InvalidatesCache({ keys: [userKey], scope: () => undefined as unknown as string })
      async withoutScope(_id: number): Promise<void> {
        writes += 1;
      }
      @InvalidatesCache(userKey)
      async rename(_id: number): Promise<void> {
        writes += 1;
      }
    }
    const users = new Users();
    const reason: unknown = await users.withoutCache(1).catch((error: unknown) => error);
    expect([reason, writes]).to.deep.equal([own, 0]);
    await expectCacheRejection(users.withoutScope(1), 'ERR_CACHE_OPTION_INVALID', '`scope`');
    expect(writes).to.equal(0);
    configureCache({ store, scope: () => undefined as unknown as string });
    await expectCacheRejection(users.rename(1), 'ERR_CACHE_OPTION_INVALID', '`scope`');
    expect(writes, 'with a scope of the cache that fails').to.equal(0);
  });

  it('makes keys of the arguments as they were when the method was called', async () => {
    class Orders {
      @InvalidatesCache('order:{0.id}')
      async save(given: { id: number }): Promise<void> {
        given.id = 99;
      }
    }
    const left = await leftAfter(() => new Orders().save({ id: 1 }), key`order:${1}`, key`order:${99}`);
    expect(left).to.deep.equal(['order:99']);
  });

  it('answers though no key could be made of the result, invalidates the others, and warns', async () => {
    const warnings: string[] = [];
    const listen = (warning: Error) => warnings.push(`${String(Reflect.get(warning, 'code'))} ${warning.message}`);
    process.on('warning', listen);
    class Users {
      @InvalidatesCache(userKey, { key: 'list:{0}', fromResult: (list: { name: string }) => [list.name.length] })
      async rename(_id: number): Promise<{ name: string }> {
        return {} as { name: string };
      }
    }
    try {
      expect(await leftAfter(() => new Users().rename(1), userKey(1))).to.deep.equal([]);
      await new Promise((resolve) => setImmediate(resolve));
    } finally {
      process.off('warning', listen);
    }
    expect(warnings.filter((warning) => warning.includes('FRESHKEEP_OPTION_FAILED'))).to.have.length(1);
  });

  it('with strict, rejects when no key could be made of the result, and invalidates the others all the same', async () => {
    const own = new Error('own');
    class Users {
      @InvalidatesCache({
        keys: [
          userKey,
          {
            key: 'list:{0}',
            fromResult: (): [number] => {
              throw own;
            },
          },
        ],
        strict: true,
      })
      async rename(id: number): Promise<number> {
        return id;
      }
    }
    const left = await leftAfter(async () => {
      const reason: unknown = await new Users().rename(1).catch((error: unknown) => error);
      expect(reason).to.equal(own);
    }, userKey(1));
    expect(left).to.deep.equal([]);
  });

  it('answers when the invalidation had to be queued, and an event tells', async () => {
    const queued: unknown[] = [];
    cache.on('invalidation-queued', ({ keys }) => queued.push(keys));
    class Users {
      @InvalidatesCache(userKey)
      async rename(id: number): Promise<number> {
        return id;
      }
    }
    store.away = true;
    expect(await new Users().rename(1)).to.equal(1);
    expect(queued).to.deep.equal([['user:1']]);
    store.away = false;
    await cache.close();
  });

  it('with strict, rejects with ERR_CACHE_INVALIDATION_PENDING when the invalidation had to be queued', async () => {
    class Users {
      @InvalidatesCache({ keys: [userKey], strict: true })
      async rename(id: number): Promise<number> {
        return id;
      }
    }
    expect(await new Users().rename(1), 'applied').to.equal(1);
    store.away = true;
    await expectCacheRejection(new Users().rename(1), 'ERR_CACHE_INVALIDATION_PENDING', 'user:1');
    store.away = false;
    await cache.close();
  });

  it('finds its cache when it is called', async () => {
    class Users {
      @InvalidatesCache(userKey)
      async rename(id: number): Promise<number> {
        return id;
      }
    }
    const later = configureCache({ store: new MemoryStore() });
    await later.set(userKey(1), 'old', { ttl: '5m' });
    await cache.set(userKey(1), 'old', { ttl: '5m' });
    await new Users().rename(1);
    expect(await later.get(userKey(1))).to.equal(undefined);
    expect(await cache.get(userKey(1))).to.equal('old');
  });

  it('ends loads in flight: what they load is not kept', async () => {
    let row = 'old';
    const reading = new Deferred();
    class Users {
      @Cached({ key: userKey, ttl: '5m' })
      async find(_id: number): Promise<string> {
        const read = row;
        await reading.promise;
        return read;
      }
      @InvalidatesCache(userKey)
      async rename(_id: number, name: string): Promise<void> {
        row = name;
      }
    }
    const users = new Users();
    const early = users.find(1);
    await settle();
    await users.rename(1, 'new');
    reading.resolve();
    expect(await early).to.equal('old');
    expect(await users.find(1)).to.equal('new');
  });
});

describe('a wrong option of @InvalidatesCache', () => {
  type Given = InvalidatesCacheOptions;
  const wrong: readonly (readonly [title: string, given: unknown, code: string, fragment: string])[] = [
    ['undefined', undefined, 'ERR_CACHE_OPTION_INVALID', '`keys`'],
    ['null', null, 'ERR_CACHE_OPTION_INVALID', '`keys`'],
    ['a number', 7, 'ERR_CACHE_OPTION_INVALID', '`keys`'],
    ['no keys', { keys: [] }, 'ERR_CACHE_OPTION_INVALID', '`keys`'],
    ['keys that are no list', { keys: 'user:{0}' }, 'ERR_CACHE_OPTION_INVALID', '`keys`'],
    ['a template with a name', 'user:{id}', 'ERR_CACHE_KEY_TEMPLATE_INVALID', '{id}'],
    ['args that are no function', { key: 'x', args: [1] }, 'ERR_CACHE_OPTION_INVALID', '`args`'],
    ['fromResult that is no function', { key: 'x', fromResult: 1 }, 'ERR_CACHE_OPTION_INVALID', '`fromResult`'],
    ['a scope that is no function', { keys: ['x'], scope: 'a' }, 'ERR_CACHE_OPTION_INVALID', '`scope`'],
    ['a cache that is no function', { keys: ['x'], cache: {} }, 'ERR_CACHE_OPTION_INVALID', '`cache`'],
  ];
  for (const [title, given, code, fragment] of wrong) {
    it(`(${title}) throws when the class is defined`, () => {
      expectCacheError(() => InvalidatesCache(given as Given), code as 'ERR_CACHE_OPTION_INVALID', fragment);
    });
  }

  it('(nothing at all) throws as well', () => {
    const bare = InvalidatesCache as unknown as () => unknown;
    expectCacheError(() => bare(), 'ERR_CACHE_OPTION_INVALID', '`keys`');
  });
});
