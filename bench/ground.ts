import { startRedis } from '../spec/support/redis-server.js';
import type { Medium } from './libraries/library.js';

/** What a contender's processes find where they start. */
export interface Ground {
  readonly environment: Readonly<Record<string, string>>;
  clear(): Promise<void>;
}

/** Has a Redis of its own where `medium` needs one: so contenders do not meet there. */
export async function prepareGround(medium: Medium): Promise<Ground> {
  if (medium === 'memory') return { environment: {}, clear: async () => undefined };
  const redis = await startRedis();
  return { environment: { BENCH_REDIS_PORT: String(redis.port) }, clear: () => redis.stop() };
}
