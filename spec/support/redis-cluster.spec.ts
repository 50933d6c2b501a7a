import { expect } from 'chai';
import { Cluster, type Redis } from 'ioredis';

import { describeInOneDialect } from './dialect.js';
import { startRedisCluster, type RedisCluster } from './redis-cluster.js';
import { closeRedis, connectRedis } from './redis.js';

const MASTERS = 3;

describeInOneDialect('redis cluster', () => {
  let cluster: RedisCluster;
  let client: Cluster;
  let nodes: Redis[];

  before(async () => {
    cluster = await startRedisCluster({ masters: MASTERS, replicasPerMaster: 1 });
    client = new Cluster(cluster.nodes);
    nodes = await Promise.all(cluster.ports.map((port) => connectRedis(port)));
    for (const node of nodes) node.on('error', () => undefined);
  });

  after(async () => {
    client.disconnect();
    closeRedis(...nodes);
    await cluster.stop();
  });

  /** What one node answers to GET, or the error. */
  async function askNode(index: number, ...keys: string[]): Promise<string> {
    return nodes[index]!.mget(...keys).then(String, (error: unknown) => (error as Error).message);
  }

  /** A master that another slot of it can be moved to. */
  async function placesOf(slot: number): Promise<{ from: number; to: number }> {
    const from = await cluster.masterOfSlot(slot);
    return { from, to: (from + 1) % MASTERS };
  }

  it('spreads the slots over the masters, each with a replica', async () => {
    const slots = (await nodes[0]!.cluster('SLOTS')) as unknown as [number, number, ...[string, number][]][];
    const shares = slots.map(([first, last, ...places]) => [first, last, ...places.map(([, port]) => port)]);
    const port = (index: number) => cluster.node(index).port;
    expect(shares).to.deep.equal([
      [0, 5461, port(0), port(3)],
      [5462, 10922, port(1), port(4)],
      [10923, 16383, port(2), port(5)],
    ]);
    expect(cluster.ports).to.deep.equal([port(0), port(1), port(2)]);
    expect(cluster.nodes.map((node) => node.port)).to.deep.equal([0, 1, 2, 3, 4, 5].map(port));
  });

  it('serves a cluster client', async () => {
    const keys = Array.from({ length: 50 }, (_, number) => `key-${number}`);
    await Promise.all(keys.map((key) => client.set(key, `of ${key}`)));
    expect(await Promise.all(keys.map((key) => client.get(key)))).to.deep.equal(keys.map((key) => `of ${key}`));
    const sizes = await Promise.all(nodes.map((node) => node.dbsize()));
    expect(sizes.every((size) => size > 0)).to.equal(true);
  });

  it('moves a slot with its keys', async () => {
    const slot = await nodes[0]!.cluster('KEYSLOT', '{moved}');
    const { from, to } = await placesOf(slot);
    const keys = Array.from({ length: 250 }, (_, number) => `{moved}-${number}`);
    await Promise.all(keys.map((key) => client.set(key, `of ${key}`)));
    await cluster.moveSlot(slot, to);
    expect(await cluster.masterOfSlot(slot)).to.equal(to);
    const moved = `MOVED ${slot} 127.0.0.1:${cluster.node(to).port}`;
    for (const index of [0, 1, 2])
      expect(await askNode(index, keys[7]!)).to.equal(index === to ? `of ${keys[7]!}` : moved);
    expect(await client.mget(keys)).to.deep.equal(keys.map((key) => `of ${key}`));
    expect(await nodes[from]!.cluster('COUNTKEYSINSLOT', slot)).to.equal(0);
    await cluster.settled();
    const views = await Promise.all(nodes.map(async (node) => JSON.stringify(await node.cluster('SLOTS'))));
    expect(views.every((view) => view.includes(`[${slot},${slot},`))).to.equal(true);
  });

  it('stops a move half-way: ASK', async () => {
    const slot = await nodes[0]!.cluster('KEYSLOT', '{asked}');
    const { from, to } = await placesOf(slot);
    await client.set('{asked}', 'value');
    const move = await cluster.beginMoveSlot(slot, to);
    const address = `127.0.0.1:${cluster.node(to).port}`;
    expect(await askNode(from, '{asked}')).to.equal(`ASK ${slot} ${address}`);
    expect(await askNode(to, '{asked}')).to.equal(`MOVED ${slot} 127.0.0.1:${cluster.node(from).port}`);
    expect(await client.get('{asked}')).to.equal('value');
    expect(await cluster.masterOfSlot(slot)).to.equal(from);
    await move.finish();
    expect(await askNode(from, '{asked}')).to.equal(`MOVED ${slot} ${address}`);
    expect(await client.get('{asked}')).to.equal('value');
  });

  it('stops a move before it moves keys: TRYAGAIN for those of both places', async () => {
    const slot = await nodes[0]!.cluster('KEYSLOT', '{split}');
    const { from, to } = await placesOf(slot);
    await client.set('{split}-old', 'old');
    const move = await cluster.beginMoveSlot(slot, to, { keys: 'left' });
    await client.set('{split}-new', 'new');
    expect(await askNode(from, '{split}-old')).to.equal('old');
    expect(await askNode(from, '{split}-new')).to.match(/^ASK /);
    expect(await askNode(from, '{split}-old', '{split}-new')).to.match(/^TRYAGAIN /);
    const both = client.mget('{split}-old', '{split}-new');
    await move.finish();
    expect(await both).to.deep.equal(['old', 'new']);
  });

  it('lets a replica take over from a killed master, and both change places once that one is restarted', async () => {
    const slot = await nodes[0]!.cluster('KEYSLOT', 'kept');
    const index = await cluster.masterOfSlot(slot);
    await client.set('kept', 'value');
    await nodes[index]!.wait(1, 1_000);
    await cluster.killMaster(index);
    expect(await cluster.masterOfSlot(slot).catch((error: unknown) => String(error))).to.include('Expected a master');
    const successor = await cluster.successorOf(index);
    expect(successor).to.equal(index + MASTERS);
    expect(await cluster.masterOfSlot(slot)).to.equal(successor);
    expect(await client.get('kept')).to.equal('value');

    await cluster.restart(index);
    expect(await cluster.masterOfSlot(slot), 'it has become a replica').to.equal(successor);
    await cluster.failOver(successor);
    expect(await cluster.masterOfSlot(slot)).to.equal(index);
    expect(await client.get('kept')).to.equal('value');
  });

  it('lets a replica take over from a master that hangs, and tells it when it is back', async () => {
    const [slot = 0] = await cluster.slotsOf(['kept']);
    const index = await cluster.masterOfSlot(slot);
    await cluster.pauseMaster(index);
    const successor = await cluster.successorOf(index);
    await cluster.resume(index);
    await cluster.whole();
    expect(await cluster.masterOfSlot(slot)).to.equal(successor);
    expect(await cluster.slotRangesOf(index)).to.deep.equal([]);
    expect(await cluster.masters()).to.have.length(MASTERS);
  });
});
