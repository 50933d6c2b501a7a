import { Cached, InvalidatesCache, key } from 'freshkeep';

import type { User } from '../user.js';
import { UserTable } from '../user-table.js';
import type { Users } from '../users.js';

const userKey = (id: number) => key`user:${id}`;

/** Names hardly ever change, writers tell the cache when they do, and entries are kept for a second all the same. */
export class HastyUsers extends UserTable implements Users {
  @Cached(userKey, '1s')
  override async find(id: number): Promise<User | undefined> {
    return super.find(id);
  }

  @InvalidatesCache(userKey)
  override async rename(id: number, name: string): Promise<User | undefined> {
    return super.rename(id, name);
  }
}
