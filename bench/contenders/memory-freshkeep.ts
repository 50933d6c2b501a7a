import { Cached, configureCache, MemoryStore } from 'freshkeep';

import type { Contender } from './contender.js';
import { makeUser, type User } from './user.js';

const cache = configureCache({ store: new MemoryStore({ maxEntries: 20_000 }) });

class Users implements Contender {
  @Cached('user:{0}', '1h')
  async find(id: number): Promise<User> {
    return makeUser(id);
  }

  async fill(keys: number): Promise<void> {
    for (let id = 1; id <= keys; id += 1) await this.find(id);
  }

  async close(): Promise<void> {
    await cache.close();
  }
}

export const contender: Contender = new Users();
