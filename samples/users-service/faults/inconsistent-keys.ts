import { Cached, InvalidatesCache } from 'freshkeep';

import type { User } from '../user.js';
import { UserTable } from '../user-table.js';
import type { Users } from '../users.js';

/** The key is written out twice, and once with an `s`: what is renamed stays in the cache under its other name. */
export class MisspeltUsers extends UserTable implements Users {
  @Cached('user:{0}', '5s', '1m')
  override async find(id: number): Promise<User | undefined> {
    return super.find(id);
  }

  @InvalidatesCache('users:{0}')
  override async rename(id: number, name: string): Promise<User | undefined> {
    return super.rename(id, name);
  }
}
