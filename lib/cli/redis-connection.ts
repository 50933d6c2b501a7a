import { Cluster, Redis } from 'ioredis';

import type { RedisClient } from '../stores/redis/redis-client.js';
import { TIMED_OUT, within } from '../time/timers.js';
import { unreachable, wrongUsage } from './failure.js';
import type { RedisAddress } from './redis-address.js';
import { toFailure, unconnected } from './redis-failure.js';

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
  const { address, cluster } = options;
  const single = () => serverOf(options);
  if (!cluster)
    return withClient(single(), options, async (client) => {
      if (await isNodeOfCluster(client))
        throw wrongUsage(
          `${address.shown} is a node of a Cluster, and has a part of the keys alone`,
          '--cluster asks all of its nodes',
        );
      return use(client);
    });
  if (address.database !== 0) throw wrongUsage('a Cluster has database 0 alone');
  // The client of a Cluster keeps to itself why its first node lets nobody in.
  await withClient(single(), options, () => Promise.resolve());
  return withClient(clusterOf(options), options, use);
}

async function withClient<T>(
  client: RedisClient,
  { address, timeout }: RedisConnectionOptions,
  use: (client: RedisClient) => Promise<T>,
): Promise<T> {
  /** Tells more than what `connect` rejects with: that the connection is closed. */
  let reason: unknown;
  let hasAnswered = false;
  client.on('error', (error: unknown) => {
    reason ??= error;
  });
  try {
    const connected = await within(connect(client), timeout, 'keeps the process alive');
    if (connected === TIMED_OUT)
      throw unreachable(`${address.shown} has not answered within ${timeout} ms`, hintOnSilence(address));
    // ioredis goes on in database 0 where there is none of the number.
    if (reason !== undefined) throw unconnected(reason, undefined, address);
    hasAnswered = true;
    return await use(client);
  } catch (error) {
    throw hasAnswered ? toFailure(error, address, reason) : unconnected(error, reason, address);
  } finally {
    client.disconnect();
  }
}

function serverOf(options: RedisConnectionOptions): RedisClient {
  const { host, port, database } = options.address;
  return new Redis({ ...nodeOptions(options), host, port, db: database, retryStrategy: () => null });
}

function clusterOf(options: RedisConnectionOptions): RedisClient {
  const { host, port } = options.address;
  return new Cluster([{ host, port }], {
    redisOptions: nodeOptions(options),
    lazyConnect: true,
    enableReadyCheck: false,
    slotsRefreshTimeout: options.timeout,
    clusterRetryStrategy: () => null,
  });
}

/** As long is waited for a server to end a connection as well, in milliseconds. One that hangs never does. */
const FAREWELL = 100;

/** One attempt: who waits in front of a terminal tries again. */
function nodeOptions({ address, timeout }: RedisConnectionOptions) {
  const { username, password, tls } = address;
  return {
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(tls ? { tls: {} } : {}),
    connectionName: 'freshkeep-cli',
    // Later than the wait for all that goes before the first command, which says how long it was.
    connectTimeout: 2 * timeout,
    commandTimeout: timeout,
    disconnectTimeout: FAREWELL,
    // It would ask by INFO, and print a warning where an ACL forbids that.
    enableReadyCheck: false,
    maxRetriesPerRequest: 0,
    reconnectOnError: () => false,
    lazyConnect: true,
  };
}

async function connect(client: RedisClient): Promise<void> {
  await client.connect();
  await client.ping();
}

/** A server without TLS takes what begins it for an incomplete command, and waits for the rest. */
function hintOnSilence({ tls }: RedisAddress): string {
  return `--timeout waits longer${tls ? '; rediss:// is with TLS, redis:// without' : ''}`;
}

/** An ACL may forbid to ask: then a command about a key will tell. */
async function isNodeOfCluster(client: RedisClient): Promise<boolean> {
  try {
    return /^cluster_enabled:1/m.test(await client.info('cluster'));
  } catch {
    return false;
  }
}
