import { Cluster, Redis } from 'ioredis';

import type { RedisClient } from '../stores/redis/redis-client.js';
import { TIMED_OUT, within } from '../time/timers.js';
import { unreachable, wrongUsage } from './failure.js';
import type { RedisAddress } from './redis-address.js';
import { toFailure } from './redis-failure.js';

export interface RedisConnectionOptions {
  readonly address: RedisAddress;
  readonly cluster: boolean;
  /** For the connection, and for each reply, in milliseconds. */
  readonly timeout: number;
}

/**
 * The outcome of `use`, with a client that is connected and let in; it is closed afterwards.
 * @throws Failure (rejects), of `use` too, where Redis does not answer, or refuses
 */
export async function withRedis<T>(
  options: RedisConnectionOptions,
  use: (client: RedisClient) => Promise<T>,
): Promise<T> {
  const { address, timeout } = options;
  const client = create(options);
  /** Tells more than what `connect` rejects with: that the connection is closed. */
  let reason: unknown;
  client.on('error', (error: unknown) => {
    reason ??= error;
  });
  try {
    const connected = await within(connect(client, options), timeout, 'keeps the process alive');
    if (connected === TIMED_OUT)
      throw unreachable(`${address.shown} has not answered within ${timeout} ms`, '--timeout waits longer');
    // ioredis goes on in database 0 where there is none of the number.
    if (reason !== undefined) throw toFailure(reason, undefined, address);
    return await use(client);
  } catch (error) {
    throw toFailure(error, reason, address);
  } finally {
    client.disconnect();
  }
}

/** One attempt: who waits in front of a terminal tries again. */
function create({ address, cluster, timeout }: RedisConnectionOptions): RedisClient {
  const { host, port, username, password, database, tls } = address;
  const options = {
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(tls ? { tls: {} } : {}),
    connectionName: 'freshkeep-cli',
    connectTimeout: timeout,
    commandTimeout: timeout,
    // It would ask by INFO, and print a warning where an ACL forbids that.
    enableReadyCheck: false,
    maxRetriesPerRequest: 0,
    reconnectOnError: () => false,
    lazyConnect: true,
  };
  if (!cluster) return new Redis({ ...options, host, port, db: database, retryStrategy: () => null });
  return new Cluster([{ host, port }], {
    redisOptions: options,
    lazyConnect: true,
    enableReadyCheck: false,
    slotsRefreshTimeout: timeout,
    clusterRetryStrategy: () => null,
  });
}

async function connect(client: RedisClient, { address, cluster }: RedisConnectionOptions): Promise<void> {
  if (cluster && address.database !== 0) throw wrongUsage('a Cluster has database 0 alone');
  await client.connect();
  await client.ping();
  if (!cluster && (await isNodeOfCluster(client)))
    throw wrongUsage(
      `${address.shown} is a node of a Cluster, and has a part of the keys alone`,
      '--cluster asks all of its nodes',
    );
}

/** An ACL may forbid to ask: then a command about a key will tell. */
async function isNodeOfCluster(client: RedisClient): Promise<boolean> {
  try {
    return /^cluster_enabled:1/m.test(await client.info('cluster'));
  } catch {
    return false;
  }
}
