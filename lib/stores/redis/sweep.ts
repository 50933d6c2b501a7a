import type { Redis } from 'ioredis';

import { mastersOf, type RedisClient } from './redis-client.js';
import type { ServerGuards } from './server-guards.js';

const SCAN_COUNT = 500;

export interface SweepOptions {
  readonly client: RedisClient;
  readonly guards: ServerGuards;
  /** A glob pattern. */
  readonly names: string;
}

/** Removes every Redis key that is there under these names from the beginning to the end of it, on all servers. */
export async function sweep({ client, guards, names }: SweepOptions): Promise<void> {
  const masters = mastersOf(client);
  if (masters.length === 0) throw new Error('the client knows no server yet');
  await Promise.all(masters.map((master) => sweepServer(master, guards, names)));
}

async function sweepServer(master: Redis, guards: ServerGuards, names: string): Promise<void> {
  const { deadline } = guards.ofServer(master);
  let cursor = '0';
  do {
    const scan = () => master.scan(cursor, 'MATCH', names, 'COUNT', SCAN_COUNT);
    const [next, found] = await deadline.bound('clear', scan);
    const unlinks = () => master.pipeline(found.map((name) => ['unlink', name])).exec();
    for (const [error] of (await deadline.bound('clear', unlinks)) ?? []) {
      if (error !== null) throw error;
    }
    cursor = next;
  } while (cursor !== '0');
}
