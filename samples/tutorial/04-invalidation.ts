import { setTimeout as pause } from 'node:timers/promises';

import { Cached, configureCache, InvalidatesCache, key, MemoryStore } from 'freshkeep';

const cache = configureCache({ store: new MemoryStore() });

interface User {
  readonly id: number;
  readonly name: string;
  readonly email: string;
}

const userKey = (id: number) => key`user:${id}`;
const emailKey = (email: string) => key`user-by-email:${email}`;

class Users {
  latency = 0; // in milliseconds
  readonly #rows = new Map<number, User>([[7, { id: 7, name: 'Ada', email: 'ada@example.org' }]]);

  @Cached({ key: userKey, ttl: '1h' })
  async find(id: number): Promise<User | undefined> {
    console.log(`  load user ${id}`);
    const row = this.#rows.get(id);
    await pause(this.latency); // on its way back
    return row;
  }

  @Cached({ key: emailKey, ttl: '1h' })
  async findByEmail(email: string): Promise<User | undefined> {
    console.log(`  load user by ${email}`);
    return [...this.#rows.values()].find((user) => user.email === email);
  }

  // By key, where the arguments tell it; from the result, where only that does. After the method has succeeded, and
  // before its caller gets the result.
  @InvalidatesCache(userKey, { key: emailKey, fromResult: (user: User) => [user.email] })
  async rename(id: number, name: string): Promise<User> {
    const user = this.#rows.get(id);
    if (user === undefined) throw new Error(`there is no user ${id}`);
    const renamed = { ...user, name };
    this.#rows.set(id, renamed);
    return renamed;
  }
}

const users = new Users();
const show = async () => {
  const [byId, byEmail] = [await users.find(7), await users.findByEmail('ada@example.org')];
  console.log(`by id: ${byId?.name ?? 'nobody'}, by email: ${byEmail?.name ?? 'nobody'}`);
};

console.log('Two entries hold the same user.');
await show();
await show();

console.log('\nrename(7) invalidates both: by its argument, and by the email in its result.');
await users.rename(7, 'Augusta Ada');
await show();

console.log('\nA write that fails invalidates nothing.');
await users.rename(8, 'Nobody').catch((error: unknown) => {
  console.log(String(error));
});
await show();

console.log('\nBy hand, where no method stands for the write. The answer tells whether it was applied.');
console.log(await cache.invalidate(userKey(7), emailKey('ada@example.org')));

console.log('\nA load that has read the old name when rename(7) comes is never stored: the next call loads.');
users.latency = 50;
const slow = users.find(7);
await pause(10);
await users.rename(7, 'Countess of Lovelace');
console.log(`began before: ${(await slow)?.name}`);
users.latency = 0;
await show();

await cache.close();
