import { LRUCache } from 'lru-cache';

import type { Contender } from './contender.js';
import { makeUser, type User } from './user.js';

/** The least that a bounded cache in front of a method costs: lru-cache, without lifetimes, behind an async method. */
class Users implements Contender {
  readonly #cache = new LRUCache<string, User>({ max: 20_000 });

  async find(id: number): Promise<User> {
    const key = `user:${id}`;
    const known = this.#cache.get(key);
    if (known !== undefined) return known;
    const user = makeUser(id);
    this.#cache.set(key, user);
    return user;
  }

  async fill(keys: number): Promise<void> {
    for (let id = 1; id <= keys; id += 1) await this.find(id);
  }

  async close(): Promise<void> {
    this.#cache.clear();
  }
}

export const contender: Contender = new Users();
