import { Cluster, Redis } from 'ioredis';

import type { RedisClient } from '../../lib/stores/redis/redis-client.js';
import type { Connection } from './backing.js';

/** A client with ioredis' own defaults, but for the way that it takes. */
export function connect(connection: Connection): RedisClient {
  const client = clientOf(connection);
  client.on('error', () => undefined);
  return client;
}

function clientOf(connection: Connection): RedisClient {
  switch (connection.kind) {
    case 'server':
      return new Redis(connection.port, '127.0.0.1');
    case 'cluster':
      return new Cluster([...connection.nodes], { natMap: connection.natMap });
    case 'sentinel':
      return new Redis({ name: connection.name, sentinels: [...connection.sentinels], natMap: connection.natMap });
  }
}
