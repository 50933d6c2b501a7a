import { expect } from 'chai';
import {
  Cached,
  CachedMany,
  createCache,
  InvalidatesCache,
  key,
  MemoryStore,
  UpdatesCache,
  type Cache,
} from 'freshkeep';

const userKey = (id: number) => key`user:${id}`;

/** As where a container injects the cache. */
class Users {
  readonly cache: Cache;
  readonly #source: Map<number, string>;

  constructor(cache: Cache, source: Map<number, string>) {
    this.cache = cache;
    this.#source = source;
  }

  @Cached({ key: userKey, ttl: '5m', cache: (users: Users) => users.cache })
  async find(id: number): Promise<string | undefined> {
    return this.#source.get(id);
  }

  @CachedMany({ key: userKey, ttl: '5m', cache: (users: Users) => users.cache })
  async findAll(ids: readonly number[]): Promise<Map<number, string>> {
    return new Map(ids.map((id) => [id, this.#source.get(id) ?? '']));
  }

  @UpdatesCache({ key: userKey, ttl: '5m', cache: (users: Users) => users.cache })
  async create(id: number, name: string): Promise<string> {
    this.#source.set(id, name);
    return name;
  }

  @InvalidatesCache({ keys: [userKey], cache: (users: Users) => users.cache })
  async rename(id: number, name: string): Promise<void> {
    this.#source.set(id, name);
  }
}

describe('The cache of an instance', () => {
  it('is that of each method whose option asks the instance for it', async () => {
    const source = new Map([[1, 'Ada']]);
    const [here, there] = [createCache({ store: new MemoryStore() }), createCache({ store: new MemoryStore() })];
    const [one, other] = [new Users(here, source), new Users(there, source)];
    const namesIn = async (cache: Cache) => [await cache.get(userKey(1)), await cache.get(userKey(2))];

    await one.find(1);
    await one.create(2, 'Grace');
    expect(await namesIn(here)).to.deep.equal(['Ada', 'Grace']);
    expect(await namesIn(there)).to.deep.equal([undefined, undefined]);

    await other.findAll([1, 2]);
    expect(await namesIn(there)).to.deep.equal(['Ada', 'Grace']);

    await one.rename(1, 'Ada Lovelace');
    expect(await namesIn(here)).to.deep.equal([undefined, 'Grace']);
    expect(await namesIn(there)).to.deep.equal(['Ada', 'Grace']);
  });
});
