import { once } from 'node:events';

import { Redis } from 'ioredis';

/** A client of the Redis of this run, once it is connected; otherwise with ioredis' own defaults. */
export async function connectToRedis(options: { readonly enableAutoPipelining?: boolean } = {}): Promise<Redis> {
  const client = new Redis({ ...options, host: '127.0.0.1', port: Number(process.env['BENCH_REDIS_PORT']) });
  await once(client, 'ready');
  return client;
}
