import { Cached, InvalidatesCache, key } from 'freshkeep';

import type { Database } from '../database.js';
import type { User } from '../user.js';
import { UserTable } from '../user-table.js';
import type { Users } from '../users.js';

const userKey = (id: number) => key`user:${id}`;

/** Another program renames users all the time, and does not tell the cache: for four seconds old names are served. */
export class OutdatedUsers extends UserTable implements Users {
  constructor(database: Database) {
    super(database);
    let version = 0;
    setInterval(() => {
      version += 1;
      const id = 1 + (version % 20);
      super.rename(id, `renamed elsewhere, ${version}`).catch(() => undefined);
    }, 100).unref();
  }

  @Cached({ key: userKey, ttl: '4s', staleWhileRevalidate: '1m' })
  override async find(id: number): Promise<User | undefined> {
    return super.find(id);
  }

  @InvalidatesCache(userKey)
  override async rename(id: number, name: string): Promise<User | undefined> {
    return super.rename(id, name);
  }
}
