import { expect } from 'chai';
import {
  Cached,
  CachedMany,
  configureCache,
  createCache,
  getCacheMetadata,
  InvalidatesCache,
  key,
  MemoryStore,
  type CachedManyOptions,
} from 'freshkeep';

import { expectCacheError, expectCacheRejection } from '../support/cache-errors.js';

const userKey = (id: number) => key`user:${id}`;

describe('@CachedMany', () => {
  let asked: unknown[];

  class Users {
    readonly tenant: string;

    constructor(tenant = 'a') {
      this.tenant = tenant;
    }

    @Cached({ key: userKey, ttl: '5m' })
    async find(id: number): Promise<string | undefined> {
      asked.push(id);
      return `${id} of ${this.tenant}`;
    }

    @CachedMany({ key: userKey, ttl: '5m' })
    async findMany(ids: readonly number[]): Promise<Map<number, string>> {
      asked.push(ids);
      return new Map(ids.map((id) => [id, `${id} of ${this.tenant}`]));
    }

    @CachedMany({ key: userKey, ttl: '5m', scope: (users: Users) => users.tenant, returns: 'list' })
    async findScoped(ids: readonly number[]): Promise<string[]> {
      asked.push(ids);
      return ids.map((id) => `${id} of ${this.tenant}`);
    }

    @InvalidatesCache(userKey)
    async rename(id: number): Promise<void> {
      asked.push(`rename ${id}`);
    }
  }

  beforeEach(() => {
    configureCache({ store: new MemoryStore() });
    asked = [];
  });

  it('asks for the missing ids alone, shares each with @Cached, and sees @InvalidatesCache', async () => {
    const users = new Users();
    await users.find(1);
    expect([...(await users.findMany([1, 2, 3])).values()]).to.deep.equal(['1 of a', '2 of a', '3 of a']);
    await users.rename(2);
    await users.findMany([1, 2, 3]);
    await users.find(3);
    expect(asked).to.deep.equal([1, [2, 3], 'rename 2', [2]]);
  });

  it('keeps instances apart by `scope`', async () => {
    const [one, other] = [new Users('one'), new Users('other')];
    expect(await one.findScoped([1, 2])).to.deep.equal(['1 of one', '2 of one']);
    expect(await other.findScoped([2, 1])).to.deep.equal(['2 of other', '1 of other']);
    expect(await one.findScoped([2])).to.deep.equal(['2 of one']);
    expect(asked).to.deep.equal([
      [1, 2],
      [2, 1],
    ]);
  });

  it('uses the cache that it is told', async () => {
    const cache = createCache({ store: new MemoryStore() });
    class Elsewhere {
      @CachedMany({ key: userKey, ttl: '5m', cache: () => cache })
      async findMany(ids: readonly number[]): Promise<Map<number, string>> {
        return new Map(ids.map((id) => [id, 'elsewhere']));
      }
    }
    await new Elsewhere().findMany([1]);
    expect(await cache.get(userKey(1))).to.equal('elsewhere');
  });

  it('rejects where the cache that it is told is none', async () => {
    class Nowhere {
      @CachedMany({ key: userKey, ttl: '5m', cache: () => undefined as never })
      async findMany(ids: readonly number[]): Promise<Map<number, string>> {
        return new Map(ids.map((id) => [id, '']));
      }
    }
    await expectCacheRejection(new Nowhere().findMany([1]), 'ERR_CACHE_OPTION_INVALID', '`cache`');
  });

  it('lets a subclass call `super` for the same ids', async () => {
    class Loud extends Users {
      @CachedMany({ key: userKey, ttl: '5m' })
      override async findMany(ids: readonly number[]): Promise<Map<number, string>> {
        const found = await super.findMany(ids);
        return new Map([...found].map(([id, name]) => [id, `${name}!`]));
      }
    }
    expect([...(await new Loud().findMany([1, 2])).values()]).to.deep.equal(['1 of a!', '2 of a!']);
    expect(await new Users().find(1)).to.equal('1 of a!');
  });

  it('keeps name, length and metadata', () => {
    const method = Users.prototype.findMany;
    expect([method.name, method.length]).to.deep.equal(['findMany', 1]);
    expect(getCacheMetadata(method)).to.deep.equal([
      { kind: 'cached-many', key: userKey, options: { key: userKey, ttl: '5m' } },
    ]);
  });

  for (const [title, options, code, fragment] of [
    ['no options', undefined, 'ERR_CACHE_OPTION_INVALID', '`options`'],
    ['no key', { ttl: '5m' }, 'ERR_CACHE_OPTION_INVALID', '`key`'],
    ['no ttl', { key: userKey }, 'ERR_CACHE_DURATION_INVALID', '`ttl`'],
    ['another form', { key: userKey, ttl: '5m', returns: 'set' }, 'ERR_CACHE_OPTION_INVALID', '`returns`'],
    ['batches of nothing', { key: userKey, ttl: '5m', batchSize: 0 }, 'ERR_CACHE_OPTION_INVALID', '`batchSize`'],
    ['tags that are no list', { key: userKey, ttl: '5m', tags: 'a' }, 'ERR_CACHE_OPTION_INVALID', '`tags`'],
  ] as const) {
    it(`refuses ${title} when the class is defined`, () => {
      expectCacheError(() => CachedMany(options as unknown as CachedManyOptions), code, fragment);
    });
  }
});
