import type { RedisClient } from 'freshkeep/redis';
import { Redis } from 'ioredis';

import { log } from './log.js';

/**
 * A client that never makes a request wait for a server that is away: commands fail at once while there is no connection,
 * and the connection is tried again for ever.
 */
export async function connectToRedis(url: string): Promise<Redis> {
  const redis = new Redis(url, {
    lazyConnect: true,
    enableOfflineQueue: false,
    connectTimeout: 1_000,
    disconnectTimeout: 200,
    retryStrategy: (attempts) => Math.min(attempts * 100, 2_000),
  });
  logChanges(redis);
  // The service starts without Redis as well; the client keeps trying, and `logChanges` has told why.
  await redis.connect().catch(() => undefined);
  return redis;
}

/** One line when Redis goes and one when it comes back, however often the client tries in between. */
export function logChanges(redis: RedisClient): void {
  let away = false;
  redis.on('error', (error: Error) => {
    if (!away) log(`Redis is away (${describe(error)}): answering without it`);
    away = true;
  });
  redis.on('ready', () => {
    log('Redis is there');
    away = false;
  });
}

/** Some connection errors have a code and no message. */
function describe(error: Error & { readonly code?: unknown }): string {
  return error.message === '' ? String(error.code) : error.message;
}

/** Lets pending commands end where there is a connection; where there is none, nothing is pending. */
export async function disconnectFromRedis(redis: RedisClient): Promise<void> {
  if (redis.status === 'ready') await redis.quit().catch(() => undefined);
  redis.disconnect();
}
