import { Cached, createCache, InvalidatesCache, key, MemoryStore, TieredStore, type Cache } from 'freshkeep';
import { RedisStore } from 'freshkeep/redis';
import { Redis } from 'ioredis';

import { until } from '../../spec/support/until.js';
import { withRedis } from './with-redis.js';

const userKey = (id: number) => key`user:${id}`;
const names = new Map([[7, 'Ada']]); // the database, which both instances share

/** What is a process of its own in real life: with its own connection, its own memory, its own cache. */
function startInstance(url: string) {
  const client = new Redis(url);
  const l1 = new MemoryStore(); // copies, in this process
  const l2 = new RedisStore({ client, prefix: 'tutorial' }); // entries, which all processes share
  const cache = createCache({ store: new TieredStore({ l1, l2 }) });

  // Two caches in one process: so each class says which one is its own. With one, `configureCache` does.
  class Users {
    @Cached({ key: userKey, ttl: '5m', cache: () => cache })
    async find(id: number): Promise<string | undefined> {
      console.log(`  load user ${id}`);
      return names.get(id);
    }

    @InvalidatesCache({ keys: [userKey], cache: () => cache })
    async rename(id: number, newName: string): Promise<void> {
      names.set(id, newName);
    }
  }

  const stop = async () => {
    await cache.close();
    client.disconnect(); // the client is yours: freshkeep never closes it
  };
  return { users: new Users(), l1, cache, stop };
}

/** Which keys another instance has invalidated, as soon as this one is told. */
function nextMessageTo(cache: Cache): Promise<string> {
  return new Promise((resolve) => {
    cache.on('invalidated-elsewhere', ({ keys }) => {
      resolve(String(keys));
    });
  });
}

await withRedis(async (url) => {
  const [a, b] = [startInstance(url), startInstance(url)];
  // Copies are used once the instance is sure to be told of invalidations.
  await until(() => a.cache.health().l1 === 'trusted' && b.cache.health().l1 === 'trusted');
  let told = nextMessageTo(b.cache);
  await a.cache.invalidate(userKey(7)); // an earlier run may have left it
  await told;

  console.log('A loads; B finds the entry in Redis.');
  console.log(`A: ${await a.users.find(7)}`);
  await until(() => a.l1.size === 1); // a caller gets its value without waiting until it is stored
  console.log(`B: ${await b.users.find(7)}`);
  console.log(`Both keep a copy: ${a.l1.size} and ${b.l1.size}. Their next hits need no round trip.`);

  console.log('\nA renames. B drops its copy when the message comes, and loads.');
  told = nextMessageTo(b.cache);
  await a.users.rename(7, 'Augusta Ada');
  console.log(`B is told: ${await told}; its copies: ${b.l1.size}`);
  console.log(`B: ${await b.users.find(7)}`);
  console.log(`A: ${await a.users.find(7)}`);

  console.log('\nTen calls at once on both: the refresh lock elects the one that loads.');
  told = nextMessageTo(b.cache);
  await a.cache.invalidate(userKey(7));
  await told;
  const calls = [a, b, a, b, a, b, a, b, a, b].map(({ users }) => users.find(7));
  console.log(`All ten: ${[...new Set(await Promise.all(calls))].join()}`);

  await a.cache.invalidate(userKey(7));
  await Promise.all([a.stop(), b.stop()]);
});
