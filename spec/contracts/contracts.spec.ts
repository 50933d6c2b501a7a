import { MemoryRefreshLock, MemoryStore } from 'freshkeep';
import { FaithfulSerializer, RedisStore } from 'freshkeep/redis';

import { closeRedis, sharedRedis, uniquePrefix } from '../support/redis.js';
import { describeRefreshLockContract } from './refresh-lock-contract.js';
import { describeSerializerContract } from './serializer-contract.js';
import { describeStoreContract, type StoreFixture } from './store-contract.js';

async function redisStore(): Promise<StoreFixture> {
  const client = await sharedRedis();
  return {
    store: new RedisStore({ client, prefix: uniquePrefix() }),
    close: () => {
      closeRedis(client);
    },
  };
}

function nothing(): void {
  // Memory needs no closing.
}

describeStoreContract('MemoryStore', () => ({ store: new MemoryStore(), close: nothing }));
describeStoreContract('MemoryStore that clones', () => ({
  store: new MemoryStore({ isolation: 'clone' }),
  close: nothing,
}));
describeStoreContract('RedisStore', redisStore);

describeRefreshLockContract('MemoryRefreshLock', () => ({ lock: new MemoryRefreshLock(), close: nothing }));
describeRefreshLockContract('RedlockRefreshLock', async () => {
  const { store, close } = await redisStore();
  return { lock: store.lock!, close };
});

describeSerializerContract('FaithfulSerializer', () => new FaithfulSerializer());
