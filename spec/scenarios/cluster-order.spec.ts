import { expect } from 'chai';
import { createCache, key, type Cache } from 'freshkeep';
import { RedisStore } from 'freshkeep/redis';
import { Cluster } from 'ioredis';

import type { NatMap } from '../history/backing.js';
import { command } from '../history/commands.js';
import { Deferred } from '../support/deferred.js';
import { describeInOneDialect } from '../support/dialect.js';
import { FaultProxy } from '../support/fault-proxy.js';
import { startRedisCluster, type RedisCluster } from '../support/redis-cluster.js';
import { until } from '../support/until.js';

const LONG = { ttl: '10m' } as const;
const PREFIX = 'order';
const k = key`thing:1`;
const ENTRY = `${PREFIX}:{${k.text}}`;
/** Each way; so the tickets are ended so much later than what is not redirected. */
const DELAY = 80;

describeInOneDialect('While a slot moves to another master of a Cluster', () => {
  let cluster: RedisCluster;
  let slow: FaultProxy;
  const clients: Cluster[] = [];

  before(async () => {
    cluster = await startRedisCluster({ masters: 3 });
  });

  after(async () => {
    for (const client of clients) client.disconnect();
    await slow.stop();
    await cluster.stop();
  });

  async function connect(natMap: NatMap = {}): Promise<{ client: Cluster; cache: Cache }> {
    const client = new Cluster(cluster.nodes, { natMap });
    client.on('error', () => undefined);
    clients.push(client);
    await until(() => client.status === 'ready');
    return { client, cache: createCache({ store: new RedisStore({ client, prefix: PREFIX }) }) };
  }

  it('a load that began before an invalidation fills nothing after it, though the tickets are removed by a detour', async () => {
    const [slot = 0, busSlot = 0] = await cluster.slotsOf([ENTRY, `${PREFIX}:bus`]);
    const [from, bus] = [await cluster.masterOfSlot(slot), await cluster.masterOfSlot(busSlot)];
    const to = [0, 1, 2].find((index) => index !== from && index !== bus)!;
    const target = cluster.ports[to]!;
    slow = new FaultProxy(target);
    await slow.start();
    const natMap = { [`127.0.0.1:${target}`]: { host: '127.0.0.1', port: slow.port } };
    const [writer, loader, reader] = [await connect(natMap), await connect(), await connect()];
    // Each node is connected to.
    await Promise.all(Array.from({ length: 30 }, (_, index) => writer.client.get(`warm-${index}`)));

    const load = new Deferred<string>();
    const loading = loader.cache.getOrLoad(k, () => load.promise, LONG);
    await until(async () => (await reader.client.exists(`${ENTRY}:tickets`)) === 1);
    await reader.client.set(ENTRY, 'what another process has filled');

    slow.delay(DELAY);
    await beginMove(slot, from, to, `${ENTRY}:tickets`);
    const invalidating = writer.cache.invalidate(k);
    // No master gives a slot away in which it has a key: the entry has to be gone first, which takes no detour.
    await until(() => isEmptyAt(from, slot));
    await endMove(slot, to);
    load.resolve('old');
    expect(await loading).to.equal('old');
    expect(await invalidating).to.equal('applied');
    expect(await reader.cache.getOrLoad(k, () => 'new', LONG)).to.equal('new');
  });

  /** Half-way: only this key has been moved. */
  async function beginMove(slot: number, from: number, to: number, name: string): Promise<void> {
    const [source, target] = [cluster.ports[from]!, cluster.ports[to]!];
    await command(target, ['CLUSTER', 'SETSLOT', String(slot), 'IMPORTING', await idOf(source)]);
    await command(source, ['CLUSTER', 'SETSLOT', String(slot), 'MIGRATING', await idOf(target)]);
    await command(source, ['MIGRATE', '127.0.0.1', String(target), '', '0', '1000', 'KEYS', name]);
  }

  async function endMove(slot: number, to: number): Promise<void> {
    const target = cluster.ports[to]!;
    const id = await idOf(target);
    for (const port of new Set([target, ...cluster.ports]))
      await command(port, ['CLUSTER', 'SETSLOT', String(slot), 'NODE', id]);
  }

  async function isEmptyAt(index: number, slot: number): Promise<boolean> {
    const [count] = await command(cluster.ports[index]!, ['CLUSTER', 'COUNTKEYSINSLOT', String(slot)]);
    return Number(count) === 0;
  }

  async function idOf(port: number): Promise<string> {
    const [id] = await command(port, ['CLUSTER', 'MYID']);
    return String(id);
  }
});
