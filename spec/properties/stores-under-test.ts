import type { Redis } from 'ioredis';
import { createCache, MemoryStore, TieredStore, type Cache, type Store } from 'freshkeep';
import type { RedisStore, RedisStoreOptions } from 'freshkeep/redis';
import sinon, { type SinonFakeTimers } from 'sinon';

import { closeRedis, sharedRedis, uniquePrefix } from '../support/redis.js';
import { until } from '../support/until.js';
import { WatchedStore } from './watched-store.js';

/** A cache and its store, on which programs are played, one after another. */
export interface StoreUnderTest {
  readonly cache: Cache;
  readonly watched: WatchedStore;
  /** Lets time pass, for the clock of this process and for all that the store keeps. */
  pass(seconds: number): Promise<void>;
  end(): Promise<void>;
}

/** The clocks of this process, which stand still but for `tick`; timers, which connections need, go on. */
function holdClocks(): SinonFakeTimers {
  return sinon.useFakeTimers({ toFake: ['performance', 'Date'], now: 1_000 });
}

export function inMemory(store: Store = new MemoryStore()): StoreUnderTest {
  const watched = new WatchedStore(store);
  const cache = createCache({ store: watched.store });
  const clocks = holdClocks();
  return {
    cache,
    watched,
    pass: async (seconds) => {
      clocks.tick(seconds * 1_000);
    },
    end: async () => {
      clocks.restore();
      await cache.close();
    },
  };
}

/** A deadline that is never over, however busy the machine: an answer that is late is a failure of the store, of which the models know nothing. */
export const PATIENCE = '20s';

/**
 * Takes so much of its life from each key, as if that time had passed on the server's own clock, which nobody can move: it
 * alone says there what is fresh and what has expired. ARGV the pattern of the keys, milliseconds.
 */
const AGE = `
for _, name in ipairs(redis.call('KEYS', ARGV[1])) do
  local left = redis.call('PTTL', name)
  if left >= 0 then redis.call('PEXPIRE', name, left - ARGV[2]) end
end
`;

/** On a real server. `aging` is the pattern of the keys that grow older, after the prefix. */
export async function inRedis(
  create: (options: RedisStoreOptions) => Store,
  { aging = ':*' }: { readonly aging?: string } = {},
): Promise<StoreUnderTest> {
  const [client, prefix] = [await sharedRedis(), uniquePrefix()];
  const store = create({ client, prefix, deadline: PATIENCE });
  await until(() => store.health?.().l1 !== 'not trusted');
  const ofThisProcess = inMemory(store);
  return {
    ...ofThisProcess,
    pass: async (seconds) => {
      await ofThisProcess.pass(seconds);
      await age(client, `${prefix}${aging}`, seconds);
    },
    end: async () => {
      await ofThisProcess.end();
      closeRedis(client);
    },
  };
}

async function age(client: Redis, pattern: string, seconds: number): Promise<void> {
  await client.eval(AGE, 0, pattern, seconds * 1_000);
}

/** Copies are trusted however far time steps: that an invalidation drops them is what a program must rely on. */
export function tiersOver(l2: RedisStore, l1 = new MemoryStore()): TieredStore {
  return new TieredStore({ l1, l2, l1Ttl: '105s', heartbeat: '500h', maxSilence: '500h' });
}
