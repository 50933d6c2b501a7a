import {
  Cached,
  configureCache,
  deferInvalidations,
  InvalidatesCache,
  key,
  MemoryStore,
  UpdatesCache,
} from 'freshkeep';

import { openDatabase, type Database } from '../users-service/database.js';

const cache = configureCache({ store: new MemoryStore() });
const database = await openDatabase(); // a real PostgreSQL, inside this process

const userKey = (id: number) => key`user:${id}`;
type Queries = Pick<Database, 'query'>;

class Users {
  @Cached({ key: userKey, ttl: '5m' })
  async find(id: number, queries: Queries = database): Promise<string | undefined> {
    console.log(`  load user ${id}`);
    const { rows } = await queries.query<{ name: string }>('SELECT name FROM users WHERE id = $1', [id]);
    return rows[0]?.name;
  }

  // Write-through: what the method returns is the entry from now on. So it must return what `find` would return: from a
  // method that returns nothing, `find` would get `undefined`.
  @UpdatesCache({ key: userKey, ttl: '5m' })
  async renameThrough(id: number, name: string): Promise<string> {
    await database.query('UPDATE users SET name = $2 WHERE id = $1', [id, name]);
    return name;
  }

  @InvalidatesCache(userKey)
  async rename(id: number, name: string, queries: Queries): Promise<void> {
    await queries.query('UPDATE users SET name = $2 WHERE id = $1', [id, name]);
  }
}

const users = new Users();
cache.on('invalidate', ({ key }) => {
  console.log(`  invalidate ${key}`);
});

console.log('Write-through: after the write the value is a hit.');
console.log(await users.find(1));
await users.renameThrough(1, 'Augusta Ada King');
console.log(await users.find(1));

/** `deferInvalidations` stands around the transaction: the invalidations come after the commit, or not at all. */
const renameInTransaction = (name: string, fail: boolean) =>
  deferInvalidations(() =>
    database.transaction(async (transaction) => {
      await users.rename(1, name, transaction);
      // A key that was invalidated here is loaded by the method itself, and not stored: others must not see it yet.
      console.log(`within: ${await users.find(1, transaction)}`);
      if (fail) throw new Error('something else went wrong');
    }),
  );

console.log('\nA transaction that is rolled back: it has seen its own write, and the entry is still right.');
await renameInTransaction('Countess of Lovelace', true).catch((error: unknown) => {
  console.log(String(error));
});
console.log(`after: ${await users.find(1)}`);

console.log('\nA transaction that commits: then the entry is invalidated.');
await renameInTransaction('Countess of Lovelace', false);
console.log(`after: ${await users.find(1)}`);

await cache.close();
await database.close();
