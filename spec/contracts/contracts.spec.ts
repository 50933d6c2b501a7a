import { MemoryRefreshLock, MemoryStore, TieredStore } from 'freshkeep';
import { classCodec, FaithfulSerializer, RedisStore } from 'freshkeep/redis';

import { SharedMedium, SharedMemoryStore } from '../support/shared-memory-store.js';
import { closeRedis, sharedRedis, uniquePrefix } from '../support/redis.js';
import { describeRefreshLockContract } from './refresh-lock-contract.js';
import { describeSerializerContract } from './serializer-contract.js';
import { describeSharedStoreContract } from './shared-store-contract.js';
import { describeStoreContract, type StoreFixture } from './store-contract.js';

async function redisStore(): Promise<StoreFixture & { readonly store: RedisStore }> {
  const client = await sharedRedis();
  return {
    store: new RedisStore({ client, prefix: uniquePrefix(), deadline: '5s' }),
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

describeStoreContract('TieredStore over shared memory', () => {
  const store = new TieredStore({ l1: new MemoryStore(), l2: new SharedMemoryStore(new SharedMedium()) });
  return { store, close: () => store.close() };
});
describeStoreContract('TieredStore over Redis', async () => {
  const { store: l2, close } = await redisStore();
  const store = new TieredStore({ l1: new MemoryStore(), l2 });
  return {
    store,
    close: async () => {
      await store.close();
      await close();
    },
  };
});

describeSharedStoreContract('SharedMemoryStore', () => {
  const medium = new SharedMedium();
  return { one: new SharedMemoryStore(medium), other: new SharedMemoryStore(medium), close: nothing };
});
describeSharedStoreContract('RedisStore', async () => {
  const prefix = uniquePrefix();
  const clients = await Promise.all([sharedRedis(), sharedRedis()]);
  const [one, other] = clients.map((client) => new RedisStore({ client, prefix, deadline: '5s' })) as [
    RedisStore,
    RedisStore,
  ];
  return {
    one,
    other,
    close: () => {
      closeRedis(...clients);
    },
  };
});

describeRefreshLockContract('MemoryRefreshLock', () => ({ lock: new MemoryRefreshLock(), close: nothing }));
describeRefreshLockContract('RedlockRefreshLock', async () => {
  const { store, close } = await redisStore();
  return { lock: store.lock, close };
});

describeSerializerContract('FaithfulSerializer', () => new FaithfulSerializer());
describeSerializerContract('FaithfulSerializer that knows a class', () => {
  return new FaithfulSerializer({ classes: [classCodec({ name: 'Known', class: class Known {} })] });
});
