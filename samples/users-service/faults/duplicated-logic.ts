import { Cached, InvalidatesCache, key } from 'freshkeep';

import type { User } from '../user.js';
import { UserTable } from '../user-table.js';
import type { Users } from '../users.js';

const userKey = (id: number) => key`user:${id}`;

/** Two methods cache the same user, each with a lifetime of its own. */
export class DividedUsers extends UserTable implements Users {
  @Cached({ key: userKey, ttl: '5s', staleWhileRevalidate: '1m' })
  override async find(id: number): Promise<User | undefined> {
    return super.find(id);
  }

  @Cached({ key: userKey, ttl: '10m' })
  async profile(id: number): Promise<User | undefined> {
    return super.find(id);
  }

  override async rename(id: number, name: string): Promise<User | undefined> {
    await this.write(id, name);
    return this.profile(id);
  }

  @InvalidatesCache(userKey)
  async write(id: number, name: string): Promise<void> {
    await super.rename(id, name);
  }
}
