import { Cached, InvalidatesCache, key } from 'freshkeep';

import type { User } from '../user.js';
import { UserTable } from '../user-table.js';
import type { Users } from '../users.js';

const userKey = (id: number) => key`user:${id}`;

/** Searches are cached, of which hardly any is made twice. */
export class HoardingUsers extends UserTable implements Users {
  @Cached({ key: userKey, ttl: '5s', staleWhileRevalidate: '1m' })
  override async find(id: number): Promise<User | undefined> {
    return super.find(id);
  }

  @InvalidatesCache(userKey)
  override async rename(id: number, name: string): Promise<User | undefined> {
    return super.rename(id, name);
  }

  @Cached('search:{0}', '5s')
  override async search(text: string): Promise<User[]> {
    return super.search(text);
  }
}
