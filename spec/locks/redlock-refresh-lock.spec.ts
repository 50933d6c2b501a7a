import { expect } from 'chai';
import type { Redis } from 'ioredis';
import { RedlockRefreshLock } from 'freshkeep/redis';

import { expectAtMost } from '../support/noise.js';
import { connectRedis, closeRedis } from '../support/redis.js';
import { startRedis, type RedisServer } from '../support/redis-server.js';
import { describeInOneDialect } from '../support/dialect.js';
import { until } from '../support/until.js';

const DEADLINE = 300;

function lockOver(clients: readonly Redis[]): RedlockRefreshLock {
  return new RedlockRefreshLock({ clients, resourceOf: (key) => `lock:${key}`, deadline: DEADLINE });
}

function terms(lost: unknown[] = []) {
  return { lease: 2_000, atMost: 10_000, onLost: (reason: unknown) => lost.push(reason) };
}

describeInOneDialect('Redlock over three independent masters', () => {
  let servers: RedisServer[];
  let clients: Redis[];

  beforeEach(async () => {
    servers = await Promise.all([startRedis(), startRedis(), startRedis()]);
    clients = await Promise.all(servers.map(({ port }) => connectRedis(port)));
    for (const client of clients) client.on('error', () => undefined);
  });

  afterEach(async () => {
    closeRedis(...clients);
    for (const server of servers) {
      server.resume();
      await server.stop();
    }
  });

  async function contenders(): Promise<string[]> {
    const locks = Array.from({ length: 5 }, () => lockOver(clients));
    const first = await lockOver(clients).acquire('k', terms());
    const outcomes = await Promise.all(
      locks.map((lock) =>
        lock.acquire('k', terms()).then(
          (lease) => (lease === undefined ? 'held' : 'granted'),
          () => 'cannot tell',
        ),
      ),
    );
    await first?.release();
    return [first === undefined ? 'held' : 'granted', ...outcomes];
  }

  const ONE_HOLDER = ['granted', 'held', 'held', 'held', 'held', 'held'];

  it('elects one when all are well', async () => {
    expect(await contenders()).to.deep.equal(ONE_HOLDER);
  });

  it('elects one while one of them hangs', async () => {
    servers[0]?.pause();
    expect(await contenders()).to.deep.equal(ONE_HOLDER);
  });

  it('elects one while one of them is gone', async () => {
    await servers[0]?.kill();
    expect(await contenders()).to.deep.equal(ONE_HOLDER);
  });

  it('tells who has it while one of them hangs, and cannot tell when two do', async () => {
    const [here, there] = [lockOver(clients), lockOver(clients)];
    const lease = await here.acquire('k', terms());
    // A majority is enough for it to be granted: the third may have it a moment later.
    await until(async () => (await Promise.all(clients.map((client) => client.exists('lock:k')))).every(Boolean));
    servers[0]?.pause();
    expect((await here.holder('k'))?.by).to.equal('this process');
    expect((await there.holder('k'))?.by).to.equal('another process');
    await lease?.release();
    expect(await there.holder('k')).to.equal(undefined);
    servers[1]?.pause();
    const outcome: unknown = await there.holder('k').catch(() => 'cannot tell');
    expect(outcome).to.equal('cannot tell');
  });

  it('cannot tell, within its deadline, when two of them hang', async () => {
    servers[0]?.pause();
    servers[1]?.pause();
    const lock = lockOver(clients);
    const startedAt = performance.now();
    const outcome: unknown = await lock.acquire('k', terms()).catch((error: unknown) => error);
    expect(outcome).to.be.instanceOf(Error);
    expectAtMost(DEADLINE + 200, performance.now() - startedAt);
  });
});

describeInOneDialect('A lease over Redis', () => {
  let server: RedisServer;
  let client: Redis;

  beforeEach(async () => {
    server = await startRedis();
    client = await connectRedis(server.port);
    client.on('error', () => undefined);
  });

  afterEach(async () => {
    closeRedis(client);
    await server.stop();
  });

  it('outlives one answer that comes after its deadline', async () => {
    const lost: unknown[] = [];
    const lease = await lockOver([client]).acquire('k', terms(lost));
    // The first renewal is due after a third of the lease, and is answered late.
    await pause(600);
    server.pause();
    await pause(600);
    server.resume();
    await pause(2_500);
    expect(lost).to.deep.equal([]);
    expect(await client.exists('lock:k')).to.equal(1);
    await lease?.release();
    expect(await client.exists('lock:k')).to.equal(0);
  });

  it('that is granted after its deadline is given back', async () => {
    server.pause();
    const outcome: unknown = await lockOver([client])
      .acquire('k', terms())
      .catch((error: unknown) => error);
    expect(outcome).to.have.property('code', 'ERR_CACHE_STORE_DEADLINE');
    server.resume();
    await pause(200);
    expect(await client.exists('lock:k')).to.equal(0);
  });
});

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

describeInOneDialect('Redlock over a server that cannot be written', () => {
  it('cannot tell, rather than that others have the lock: nobody would ever give it back', async () => {
    const server = await startRedis();
    const client = await connectRedis(server.port);
    const lock = lockOver([client]);
    const lease = await lock.acquire('k', terms());
    await lease?.release();
    await client.call('REPLICAOF', '127.0.0.1', '1');
    for (let attempt = 1; attempt <= 2; attempt += 1) {
      const outcome: unknown = await lock.acquire('k', terms()).catch(() => 'cannot tell');
      expect(outcome).to.equal('cannot tell');
    }
    closeRedis(client);
    await server.stop();
  });
});
