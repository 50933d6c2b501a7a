import { Cached, InvalidatesCache, key } from 'freshkeep';

import type { Database } from './database.js';
import type { User } from './user.js';

/** Declared once, so that reader and writer cannot mean two different entries. */
const userKey = (id: number) => key`user:${id}`;

/**
 * All that is said about caching is said in the two decorators; the methods are plain database code.
 *
 * Unknown users are not stored (`storeIf`): another program may add one at any time without telling this cache, and
 * whoever asks for made-up ids must not push real users out of it. Such a call costs a look-up by primary key.
 */
export class UserService {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  @Cached({
    key: userKey,
    ttl: '5s',
    staleWhileRevalidate: '1m',
    storeIf: (user: User | undefined) => user !== undefined,
  })
  async find(id: number): Promise<User | undefined> {
    const { rows } = await this.#database.query<User>('SELECT id, name, email FROM users WHERE id = $1', [id]);
    return rows[0];
  }

  /** The user as it is now; `undefined` where there is none. */
  @InvalidatesCache(userKey)
  async rename(id: number, name: string): Promise<User | undefined> {
    const { rows } = await this.#database.query<User>(
      'UPDATE users SET name = $2 WHERE id = $1 RETURNING id, name, email',
      [id, name],
    );
    return rows[0];
  }
}
