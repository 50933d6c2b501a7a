import { Redis } from 'ioredis';

import { findRedisServer, howToGetRedis } from '../../spec/support/redis-binary.mjs';
import { startRedis } from '../../spec/support/redis-server.js';
import { readConfiguration, StartError } from '../users-service/configuration.js';
import { startOrExplain } from '../users-service/start-or-explain.js';

/**
 * Runs `sample` over the Redis at `REDIS_URL`, or over one that it starts, on a free port of 127.0.0.1, and stops again.
 * Where there is neither, it prints what is needed.
 */
export async function withRedis(sample: (url: string) => Promise<void>): Promise<void> {
  await startOrExplain(async () => {
    const { redisUrl } = readConfiguration({ REDIS_URL: process.env['REDIS_URL'] });
    if (redisUrl !== undefined) {
      await checkAnswers(redisUrl);
      await sample(redisUrl);
    } else if (findRedisServer() === undefined) {
      console.log(howToGetRedis('This sample needs', 'npm run sample 08'));
      console.log('or say where one runs: REDIS_URL=redis://127.0.0.1:6379 npm run sample 08');
    } else {
      const redis = await startRedis();
      await sample(redis.url).finally(() => redis.stop());
    }
  });
}

/** @throws StartError where nobody answers */
async function checkAnswers(url: string): Promise<void> {
  const client = new Redis(url, { lazyConnect: true, connectTimeout: 1_000, retryStrategy: () => null });
  client.on('error', () => undefined); // told below
  try {
    await client.connect();
    await client.ping();
  } catch {
    throw new StartError('No Redis answers at REDIS_URL.');
  } finally {
    client.disconnect();
  }
}
