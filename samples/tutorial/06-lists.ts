import { Cached, CachedMany, configureCache, InvalidatesCache, key, MemoryStore } from 'freshkeep';

const cache = configureCache({ store: new MemoryStore() });

const userKey = (id: number) => key`user:${id}`;

class Users {
  readonly #names = new Map([
    [1, 'Ada'],
    [2, 'Alan'],
    [3, 'Grace'],
    [4, 'Edsger'],
  ]);

  @Cached({ key: userKey, ttl: '5m' })
  async find(id: number): Promise<string | undefined> {
    console.log(`  load ${id}`);
    return this.#names.get(id);
  }

  // Each value has a key of its own, here the one of `find`: they share their entries. The method is called once, with
  // those ids that are missing, and answers with a Map, from which ids without a value are left out.
  @CachedMany({ key: userKey, ttl: '5m' })
  async findMany(ids: readonly number[]): Promise<Map<number, string>> {
    console.log(`  load ${ids.join(', ')} together`);
    return new Map([...this.#names].filter(([id]) => ids.includes(id)));
  }

  @InvalidatesCache(userKey)
  async rename(id: number, name: string): Promise<void> {
    this.#names.set(id, name);
  }
}

const users = new Users();
const show = (found: ReadonlyMap<number, string>) => {
  console.log([...found].map(([id, name]) => `${id} ${name}`).join(', '));
};

console.log('One user is cached already.');
console.log(await users.find(2));

console.log('\nA list loads the others alone.');
show(await users.findMany([1, 2, 3]));

console.log('\nWhat a list has loaded is a hit for a single call.');
console.log(await users.find(3));

console.log('\nOne was renamed: only that one is loaded again.');
await users.rename(2, 'Alan Mathison');
show(await users.findMany([1, 2, 3]));

console.log('\nThere is no user 9. That is not stored, unless storeAbsent says so: it is asked for each time.');
show(await users.findMany([3, 9]));
show(await users.findMany([3, 9]));

await cache.close();
