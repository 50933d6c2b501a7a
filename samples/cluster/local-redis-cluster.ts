import { Redis } from 'ioredis';

import { findRedisServer, howToGetRedis } from '../../spec/support/redis-binary.mjs';
import { startRedisCluster, type RedisCluster } from '../../spec/support/redis-cluster.js';
import { StartError } from '../users-service/configuration.js';
import { HOST } from '../users-service/listen.js';

/** @throws StartError where there is no server to start */
export function checkRedisServer(): void {
  if (findRedisServer() === undefined) throw new StartError(howToGetRedis('This sample needs', 'npm run cluster'));
}

/** Three masters on free ports of 127.0.0.1, each with a replica that takes over when it is killed. */
export function startLocalRedisCluster(): Promise<RedisCluster> {
  return startRedisCluster({ masters: 3, replicasPerMaster: 1 });
}

/** A node of the cluster: where it listens, and which process it is. */
export interface RedisNode {
  readonly port: number;
  readonly pid: number;
}

/** The master that has the entry of this cache key. */
export async function findMasterOf(cluster: RedisCluster, key: string): Promise<RedisNode> {
  const [anyPort] = cluster.ports;
  const slot = await askNode(anyPort!, (node) => node.cluster('KEYSLOT', `{${key}}`));
  const { port } = cluster.node(await cluster.masterOfSlot(slot));
  const information = await askNode(port, (node) => node.info('server'));
  return { port, pid: Number(/^process_id:(\d+)/m.exec(information)?.[1]) };
}

async function askNode<T>(port: number, question: (node: Redis) => Promise<T>): Promise<T> {
  const node = new Redis(port, HOST);
  try {
    return await question(node);
  } finally {
    node.disconnect();
  }
}
