import { Cached, InvalidatesCache, key } from 'freshkeep';

import type { Database } from './database.js';
import type { User } from './user.js';
import { UserTable } from './user-table.js';
import type { Users } from './users.js';

/** Declared once, so that reader and writer cannot mean two different entries. */
const userKey = (id: number) => key`user:${id}`;

/**
 * All that is said about caching is said in the two decorators; the methods are plain database code.
 *
 * Unknown users are not stored (`storeIf`): another program may add one at any time without telling this cache, and
 * whoever asks for made-up ids must not push real users out of it. Such a call costs a look-up by primary key. A search
 * is not cached at all: hardly anybody asks for the same text again.
 */
export class UserService implements Users {
  readonly #table: UserTable;

  constructor(database: Database) {
    this.#table = new UserTable(database);
  }

  @Cached({
    key: userKey,
    ttl: '5s',
    staleWhileRevalidate: '1m',
    storeIf: (user: User | undefined) => user !== undefined,
  })
  async find(id: number): Promise<User | undefined> {
    return this.#table.find(id);
  }

  /** The user as it is now; `undefined` where there is none. */
  @InvalidatesCache(userKey)
  async rename(id: number, name: string): Promise<User | undefined> {
    return this.#table.rename(id, name);
  }

  async search(text: string): Promise<User[]> {
    return this.#table.search(text);
  }
}
