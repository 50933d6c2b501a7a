import { Redis } from 'ioredis';

import type { Contender } from './contender.js';

const client = new Redis(Number(process.env['BENCH_REDIS_PORT']), '127.0.0.1');

/** One command that writes. */
export const contender: Contender = {
  find: (id) => client.set('floor', id),
  fill: () => Promise.resolve(),
  close: async () => {
    await client.quit();
  },
};
