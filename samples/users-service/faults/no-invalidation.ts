import { Cached } from 'freshkeep';

import type { User } from '../user.js';
import { UserTable } from '../user-table.js';
import type { Users } from '../users.js';

/** `rename` says nothing to the cache. */
export class ForgetfulUsers extends UserTable implements Users {
  @Cached('user:{0}', '3s', '1m')
  override async find(id: number): Promise<User | undefined> {
    return super.find(id);
  }
}
