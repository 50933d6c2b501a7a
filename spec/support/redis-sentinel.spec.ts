import { spawn } from 'node:child_process';
import { once } from 'node:events';

import { expect } from 'chai';
import { Redis } from 'ioredis';

import { describeInOneDialect } from './dialect.js';
import { until } from './until.js';
import type { RedisServer } from './redis-server.js';
import { startSentinelGroup, type SentinelGroup } from './redis-sentinel.js';
import { closeRedis, connectRedis } from './redis.js';

/** Starts a group, says so, and waits for its end. */
const FORGETFUL = `
import { startSentinelGroup } from './spec/support/redis-sentinel.ts';
const group = await startSentinelGroup();
console.log(JSON.stringify([await group.masterPort(), ...group.sentinels.map(({ port }) => port)]));
setInterval(() => undefined, 1_000);
`;

describeInOneDialect('redis sentinel', () => {
  let group: SentinelGroup;
  let client: Redis;

  beforeEach(async () => {
    group = await startSentinelGroup();
    client = new Redis({ sentinels: group.sentinels, name: group.name, retryStrategy: () => 50 });
    client.on('error', () => undefined);
  });

  afterEach(async () => {
    closeRedis(client);
    await group.stop();
  });

  async function roleOf(server: RedisServer): Promise<unknown> {
    const direct = await connectRedis(server.port);
    const [role] = await direct.role();
    closeRedis(direct);
    return role;
  }

  it('leads a client to the master, and replicates what it writes', async () => {
    await client.set('key', 'value');
    expect(await client.wait(1, 1_000)).to.equal(1);
    const master = await group.master();
    expect(master.port).to.equal(await group.masterPort());
    expect(await roleOf(master)).to.equal('master');
    const replica = new Redis({ sentinels: group.sentinels, name: group.name, role: 'slave' });
    expect(await replica.get('key')).to.equal('value');
    expect(await replica.set('key', 'other').catch((error: unknown) => String(error))).to.include('READONLY');
    closeRedis(replica);
  });

  it('fails over when told to', async () => {
    await client.set('key', 'value');
    const former = await group.master();
    const master = await group.failover();
    expect(master.port).not.to.equal(former.port);
    expect(await group.master()).to.equal(master);
    expect(await roleOf(master)).to.equal('master');
    expect(await roleOf(former)).to.equal('slave');
    await until(async () => (await client.set('key', 'new').catch(() => 'failed')) === 'OK');
  });

  it('promotes a replica when the master is killed', async () => {
    await client.set('key', 'value');
    await client.wait(1, 1_000);
    const killed = await group.killMaster();
    expect(await group.masterPort()).to.equal(killed.port);
    const master = await group.successorOf(killed);
    expect(master.port).not.to.equal(killed.port);
    expect(await client.get('key')).to.equal('value');
    expect(await client.set('key', 'new')).to.equal('OK');
  });

  it('ends with the process that started it, however that dies', async () => {
    const parent = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', FORGETFUL], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [output] = (await once(parent.stdout, 'data')) as [Buffer];
    const ports = JSON.parse(output.toString()) as number[];
    expect(ports).to.have.length(2);
    for (const port of ports) expect(await isAlive(port)).to.equal(true);
    parent.kill('SIGKILL');
    for (const port of ports) await until(async () => !(await isAlive(port)));
  });

  it('needs most of its sentinels to agree, so that one may hang, or be killed', async () => {
    const large = await startSentinelGroup({ replicas: 2, sentinels: 3 });
    try {
      expect(large.sentinels).to.have.length(3);
      const sentinel = await connectRedis(large.sentinels[2]!.port);
      const quorum = String(await sentinel.call('SENTINEL', 'CKQUORUM', large.name));
      closeRedis(sentinel);
      expect(quorum).to.include('3 usable Sentinels');
      large.pauseSentinel(0);
      await large.successorOf(await large.killMaster());
      large.resumeSentinel(0);
      await large.killSentinel(1);
      expect(await isAlive(large.sentinels[1]!.port)).to.equal(false);
      await large.restartSentinel(1);
      expect(await isAlive(large.sentinels[1]!.port)).to.equal(true);
    } finally {
      await large.stop();
    }
  });
});

async function isAlive(port: number): Promise<boolean> {
  const client = new Redis(port, '127.0.0.1', { lazyConnect: true, retryStrategy: () => null });
  client.on('error', () => undefined);
  const alive = await client.connect().then(
    () => true,
    () => false,
  );
  closeRedis(client);
  return alive;
}
