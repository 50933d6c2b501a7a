import slotOf from 'cluster-key-slot';
import type { Cluster, Redis } from 'ioredis';

import { CacheError, describeValue } from '../../errors.js';

/** A client of ioredis: for one server, a Sentinel group, or a Cluster. */
export type RedisClient = Redis | Cluster;

/** @throws CacheError `ERR_CACHE_OPTION_INVALID` for what is no client of ioredis, is closed, or adds a prefix of its own. */
export function checkClient(option: string, client: unknown): RedisClient {
  const candidate = client as Partial<RedisClient> | null | undefined;
  if (typeof candidate?.callBuffer !== 'function') throw unfit(option, 'a client of ioredis', describeValue(client));
  if (candidate.status === 'end') throw unfit(option, 'a client that is open, or will be', 'one that is closed');
  if (keyPrefixOf(candidate) !== '') {
    throw unfit(
      option,
      'a client without `keyPrefix` (use the `prefix` of the store)',
      describeValue(keyPrefixOf(candidate)),
    );
  }
  if (!readsFromMasters(candidate)) {
    throw unfit(
      option,
      "a client that reads from masters (`scaleReads: 'master'`)",
      'one that reads from replicas, which lag',
    );
  }
  return client as RedisClient;
}

function keyPrefixOf(client: Partial<RedisClient>): string {
  return client.options?.keyPrefix ?? '';
}

function readsFromMasters(client: Partial<RedisClient>): boolean {
  const options = (client.options ?? {}) as { readonly scaleReads?: unknown };
  return options.scaleReads === undefined || options.scaleReads === 'master';
}

/** The clients for each server that holds keys of its own. */
export function mastersOf(client: RedisClient): readonly Redis[] {
  return client.isCluster ? (client as Cluster).nodes('master') : [client as Redis];
}

/** A client made with `lazyConnect`, which nobody has used yet: it is for its owner to wake. */
export function isAsleep(client: RedisClient): boolean {
  return client.status === 'wait';
}

/** The number of its database; a Cluster has one alone. */
export function databaseOf(client: RedisClient): number {
  return client.isCluster ? 0 : ((client as Redis).options.db ?? 0);
}

/** Rejects unless each server that holds keys of its own answers: one that does says nothing about the others. */
export async function pingAll(client: RedisClient): Promise<void> {
  const masters = mastersOf(client);
  if (masters.length === 0) throw new Error('the client knows no server');
  await Promise.all(masters.map((master) => master.ping()));
}

/** The master that answers for the Redis key `name`, as far as the client knows: its address. */
export function masterFor(cluster: Cluster, name: string): string | undefined {
  return cluster.slots[slotOf(name)]?.[0];
}

export function isMasterOf(cluster: Cluster, address: string): boolean {
  return cluster.slots.some((nodes: readonly string[] | undefined) => nodes?.[0] === address);
}

/** As ioredis names the nodes of a Cluster. */
export function addressOf({ options: { host, port } }: Redis): string {
  return `${host}:${port}`;
}

/** Rejects unless the master answers. */
export async function pingMaster(cluster: Cluster, address: string): Promise<void> {
  const master = cluster.nodes('master').find((node) => addressOf(node) === address);
  if (master === undefined) throw new Error(`the client has no connection to ${address}`);
  await master.ping();
}

function unfit(option: string, expectation: string, found: string): CacheError {
  return new CacheError('ERR_CACHE_OPTION_INVALID', `Expected \`${option}\` to be ${expectation}, got ${found}`);
}
