import { setTimeout as pause } from 'node:timers/promises';

import { Cached, InvalidatesCache, key } from 'freshkeep';

import type { User } from '../user.js';
import { UserTable } from '../user-table.js';
import type { Users } from '../users.js';

const userKey = (id: number) => key`user:${id}`;

/** A slow source, and no `staleWhileRevalidate`: each time that a popular entry expires, all who ask for it wait. */
export class StampedingUsers extends UserTable implements Users {
  @Cached({ key: userKey, ttl: '1s' })
  override async find(id: number): Promise<User | undefined> {
    await pause(400);
    return super.find(id);
  }

  @InvalidatesCache(userKey)
  override async rename(id: number, name: string): Promise<User | undefined> {
    return super.rename(id, name);
  }
}
