export { RedlockRefreshLock } from './locks/redlock-refresh-lock.js';
export type { RedlockRefreshLockOptions } from './locks/redlock-refresh-lock.js';
export { FaithfulSerializer } from './serializers/faithful-serializer.js';
export type { Serializer } from './serializers/serializer.js';
export type { RedisClient } from './stores/redis/redis-client.js';
export { RedisStore } from './stores/redis/redis-store.js';
export type { BreakerOptions, RedisStoreOptions } from './stores/redis/redis-store-options.js';
