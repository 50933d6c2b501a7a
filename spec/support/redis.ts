import { randomUUID } from 'node:crypto';
import { once } from 'node:events';

import { Redis } from 'ioredis';

/** The port of the Redis that all specs of a run share. */
export function sharedRedisPort(): number {
  const port = Number(process.env['FRESHKEEP_SPEC_REDIS_PORT']);
  if (Number.isInteger(port) && port > 0) return port;
  throw new Error('Expected FRESHKEEP_SPEC_REDIS_PORT; spec/support/global-setup.ts sets it');
}

/** A client of the shared Redis, made with ioredis' own defaults, once it is connected. */
export async function sharedRedis(): Promise<Redis> {
  return connectRedis(sharedRedisPort());
}

/** The same for any server on this machine. */
export async function connectRedis(port: number): Promise<Redis> {
  const client = new Redis(port, '127.0.0.1');
  await once(client, 'ready');
  return client;
}

/** Keys of one spec meet no others: every spec gets a prefix of its own in the shared Redis. */
export function uniquePrefix(): string {
  return `spec-${randomUUID()}`;
}

/** Ends connections at once, without a word to a server that may be away. */
export function closeRedis(...clients: readonly (Redis | undefined)[]): void {
  for (const client of clients) client?.disconnect();
}
