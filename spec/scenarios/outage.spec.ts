import { setTimeout as pause } from 'node:timers/promises';

import { expect } from 'chai';
import type { Redis } from 'ioredis';

import { RedisKeys } from '../../lib/stores/redis/redis-key.js';
import { endWorkers, startWorker, type CacheWorker, type Source } from '../support/cache-worker.js';
import { Deferred } from '../support/deferred.js';
import { describeInOneDialect } from '../support/dialect.js';
import { FaultProxy } from '../support/fault-proxy.js';
import { expectAtMost } from '../support/noise.js';
import { findFreePort, startRedis, type RedisServer } from '../support/redis-server.js';
import { closeRedis, connectRedis } from '../support/redis.js';

/** The default deadline of a command. */
const DEADLINE = 500;
const LOAD = 20;
/** For timers and the channel between the processes. */
const SLACK = 100;
/** How long a process that waits for another one rests between two looks, at the most. */
const LONGEST_LOOK = 250;
/** How long ioredis itself keeps a process that disconnects from a server that is away (`disconnectTimeout`). */
const DISCONNECT = 2_000;
const PREFIX = 'outage';

/** A way in which a Redis that worked can fail its users. */
interface Outage {
  readonly title: string;
  readonly begin: (server: RedisServer) => Promise<void>;
  readonly end: (server: RedisServer) => Promise<void>;
  /** How long one command takes to fail at the most, in milliseconds. */
  readonly costs: number;
}

const OUTAGES: readonly Outage[] = [
  {
    title: 'accepts commands and never answers',
    begin: hang,
    end: answer,
    costs: DEADLINE,
  },
  { title: 'is killed', begin: (server) => server.kill(), end: (server) => server.start(), costs: DEADLINE },
  {
    title: 'is a replica that cannot be written',
    begin: (server) => administer(server, ['REPLICAOF', '127.0.0.1', '1']),
    end: (server) => administer(server, ['REPLICAOF', 'NO', 'ONE']),
    costs: 0,
  },
  {
    title: 'refuses writes for want of replicas',
    begin: (server) => administer(server, ['CONFIG', 'SET', 'min-replicas-to-write', '1']),
    end: (server) => administer(server, ['CONFIG', 'SET', 'min-replicas-to-write', '0']),
    costs: 0,
  },
  {
    title: 'is out of memory',
    begin: (server) =>
      administer(
        server,
        ['SET', 'ballast', 'x'.repeat(2_000_000)],
        ['CONFIG', 'SET', 'maxmemory-policy', 'noeviction'],
        ['CONFIG', 'SET', 'maxmemory', '1mb'],
      ),
    end: (server) => administer(server, ['CONFIG', 'SET', 'maxmemory', '0']),
    costs: 0,
  },
];

async function hang(server: RedisServer): Promise<void> {
  server.pause();
}

async function answer(server: RedisServer): Promise<void> {
  server.resume();
}

describeInOneDialect('A Redis that fails, with a client as ioredis makes it', function () {
  this.slow(10_000);
  let server: RedisServer;

  beforeEach(async () => {
    server = await startRedis();
  });

  afterEach(async () => {
    await endWorkers();
    await server.stop();
  });

  for (const { title, begin, end, costs } of OUTAGES) {
    it(`and ${title}, costs a call one deadline at most; the process lives on, caches again afterwards, and can exit`, async () => {
      const worker = await startConnected(server.port);
      await worker.ask('find', 'stored before');
      await begin(server);

      await expectAnswers(worker, costs);

      await end(server);
      await expectCachedAgain(worker);
      await expectExit(worker);
    });
  }

  for (const { title, begin } of OUTAGES.slice(0, 2)) {
    it(`and ${title}, does not keep the process from exiting`, async () => {
      const worker = await startConnected(server.port);
      await begin(server);
      await worker.ask('find', 'a');
      await worker.ask('invalidate', 'a');
      await expectExit(worker);
    });
  }

  it('and hangs while calls load or wait for the load of another process, holds up neither, whatever becomes of its answers', async () => {
    const [load, begun] = [new Deferred<string>(), new Deferred()];
    const holder = await startConnected(server.port, {
      load: () => {
        begun.resolve();
        return load.promise;
      },
    });
    const waiter = await startConnected(server.port, { load: async () => 'by the waiter' });
    const loading = holder.ask('find', 'a');
    await begun.promise;
    const waiting = waiter.ask('findTimed', 'a');
    while ((await waiter.ask('events')).wait === undefined) await pause(5);

    server.pause();
    const startedAt = performance.now();
    expect((await waiting).value).to.equal('by the waiter');
    expectAtMost(DEADLINE + LONGEST_LOOK + SLACK, performance.now() - startedAt);
    // The lease can no longer be renewed, and is lost.
    await pause(2_500);
    load.resolve('by the holder');
    expect(await loading).to.equal('by the holder');

    // What was asked and never answered is refused now.
    await server.kill();
    await pause(100);
    await Promise.all([expectExit(waiter), expectExit(holder)]);
  });

  it('and has forgotten its scripts, costs nothing', async () => {
    const worker = await startConnected(server.port);
    const value = await worker.ask('find', 'a');
    await administer(server, ['SCRIPT', 'FLUSH']);
    expect(await worker.ask('find', 'a')).to.equal(value);
    await administer(server, ['SCRIPT', 'FLUSH']);
    const other = await worker.ask('find', 'b');
    await expectStored(server, 'b');
    expect(await worker.ask('find', 'b')).to.equal(other);
    expect(await worker.ask('events')).to.not.have.any.keys('store-failed', 'lock-failed');
    await expectExit(worker);
  });
});

describeInOneDialect('A Redis that is not there when the process starts', function () {
  this.slow(10_000);
  afterEach(endWorkers);

  it('costs a call one deadline at most, does not end the process, and is used once it is there', async () => {
    const port = await findFreePort();
    const worker = await startWorker(workerOptions(port));
    await expectAnswers(worker, DEADLINE);
    const server = await startRedis({ port });
    await expectCachedAgain(worker);
    await expectExit(worker);
    await server.stop();
  });

  it('does not keep the process from exiting', async () => {
    const worker = await startWorker(workerOptions(await findFreePort()));
    await worker.ask('find', 'a');
    await worker.ask('closeCache');
    await expectExit(worker);
  });

  it('costs the same where it accepts connections and never answers', async () => {
    const server = await startRedis();
    server.pause();
    const worker = await startWorker(workerOptions(server.port));
    await expectAnswers(worker, DEADLINE);
    server.resume();
    await expectCachedAgain(worker);
    await expectExit(worker);
    await server.stop();
  });
});

describeInOneDialect('An invalidation while Redis is away', function () {
  this.slow(10_000);
  let server: RedisServer;
  let proxy: FaultProxy;

  beforeEach(async () => {
    server = await startRedis();
    proxy = new FaultProxy(server.port);
    await proxy.start();
  });

  afterEach(async () => {
    await endWorkers();
    await proxy.stop();
    await server.stop();
  });

  const away: readonly [string, () => Promise<void>, () => Promise<void>][] = [
    ['hangs', () => hang(server), () => answer(server)],
    ['cannot be reached', () => proxy.cut(), () => proxy.mend()],
    [
      'is read-only',
      () => administer(server, ['REPLICAOF', '127.0.0.1', '1']),
      () => administer(server, ['REPLICAOF', 'NO', 'ONE']),
    ],
  ];

  for (const [how, begin, end] of away) {
    it(`is queued where it ${how}: that process never serves the old value again, and Redis soon loses it`, async () => {
      const source = new VersionedSource();
      const worker = await startConnected(proxy.port, source);
      expect(await worker.ask('find', 'a')).to.equal('version 1');
      await expectStored(server, 'a');
      await begin();

      source.version = 2;
      const startedAt = performance.now();
      expect(await worker.ask('invalidate', 'a')).to.equal('queued');
      expectAtMost(DEADLINE + SLACK, performance.now() - startedAt);
      expect(await worker.ask('find', 'a'), 'during the outage').to.equal('version 2');

      await end();
      await expectOnly(worker, 'version 2', () =>
        worker.ask('events').then((events) => events['invalidation-replayed']),
      );
      const other = await startConnected(server.port, source);
      expect(await other.ask('find', 'a'), 'another process').to.equal('version 2');
    });
  }

  it('is not undone by a `set` that Redis executes late', async () => {
    const source = new VersionedSource();
    const worker = await startConnected(proxy.port, source);
    server.pause();
    expect(await worker.ask('set', 'a', 'version 1')).to.equal('queued');
    source.version = 2;
    expect(await worker.ask('invalidate', 'a')).to.equal('queued');
    server.resume();
    await expectOnly(worker, 'version 2', () => worker.ask('events').then((events) => events['invalidation-replayed']));
  });

  it('is not undone by a load that began before it, nor by the fill that Redis gets late', async () => {
    const [old, begun] = [new Deferred<string>(), new Deferred()];
    const worker = await startConnected(proxy.port, {
      load: () => {
        begun.resolve();
        return old.promise;
      },
    });
    const call = worker.ask('find', 'a');
    await begun.promise;
    server.pause();
    const invalidated = worker.ask('invalidate', 'a');
    old.resolve('version 1');
    expect(await call).to.equal('version 1');
    expect(await invalidated).to.equal('queued');
    server.resume();
    await pause(300);
    const source = new VersionedSource();
    source.version = 2;
    const other = await startConnected(server.port, source);
    expect(await other.ask('find', 'a')).to.equal('version 2');
  });
});

class VersionedSource implements Source {
  version = 1;
  readonly load = async (): Promise<string> => `version ${this.version}`;
}

function workerOptions(port: number) {
  return { port, prefix: PREFIX, ttl: '60000ms', loadFor: LOAD } as const;
}

/** Warm: it has asked Redis for something before. With a source, loads ask it instead of taking their time. */
async function startConnected(port: number, source?: Source): Promise<CacheWorker> {
  const { loadFor, ...options } = workerOptions(port);
  const worker = await startWorker(source === undefined ? { ...options, loadFor } : options, source);
  await worker.ask('connected');
  return worker;
}

/** One call after the other, and many at once: each answers with the loaded value, and in time. */
async function expectAnswers(worker: CacheWorker, costs: number): Promise<void> {
  const limit = costs + LOAD + SLACK;
  const took: string[] = [];
  for (const id of ['stored before', 'cold', 'cold', 'other']) {
    const answer = await worker.ask('findTimed', id);
    took.push(answer.took.toFixed(0));
    expect(answer.value).to.match(/^loaded by/);
    expectAtMost(limit, answer.took, `call for "${id}"`);
  }
  const loadsBefore = (await worker.ask('events')).load ?? 0;
  const burst = await worker.ask('burst', 'many callers', 100, Date.now());
  expectAtMost(limit, burst.slowest, 'many callers');
  expect(((await worker.ask('events')).load ?? 0) - loadsBefore, 'loads for many callers').to.equal(1);
  console.log(`      calls took ${took.join(', ')} ms, the slowest of 100 callers ${burst.slowest.toFixed(0)} ms`);
}

/** Recovery takes as long as ioredis takes to connect again: it tries each 2 s at the latest. */
async function expectCachedAgain(worker: CacheWorker): Promise<void> {
  const startedAt = performance.now();
  for (let attempt = 0; ; attempt += 1) {
    const id = `after ${attempt}`;
    const first = await worker.ask('find', id);
    await pause(50);
    if ((await worker.ask('find', id)) === first) return;
    expectAtMost(6_000, performance.now() - startedAt, 'time until values are cached again');
  }
}

/** All calls get `value`, until what was queued is done, and for a while after it. */
async function expectOnly(worker: CacheWorker, value: string, isDone: () => Promise<unknown>): Promise<void> {
  const startedAt = performance.now();
  for (let done = false; !done;) {
    done = Boolean(await isDone());
    for (let call = 1; call <= 3; call += 1) expect(await worker.ask('find', 'a')).to.equal(value);
    expectAtMost(6_000, performance.now() - startedAt, 'time until the queue is replayed');
    await pause(20);
  }
}

async function expectStored(server: RedisServer, id: string): Promise<void> {
  const client = await connectRedis(server.port);
  const name = new RedisKeys(PREFIX).entry(`thing:${id}`);
  for (let attempt = 0; (await client.exists(name)) === 0; attempt += 1) {
    expect(attempt, `attempts to find ${name}`).to.be.lessThan(100);
    await pause(5);
  }
  closeRedis(client);
}

/** It ends by itself once the client is disconnected, without an error: an unhandled rejection would have ended it with 1. */
async function expectExit(worker: CacheWorker): Promise<void> {
  const startedAt = performance.now();
  expect(await worker.finish()).to.equal(0);
  expectAtMost(DISCONNECT + 500, performance.now() - startedAt, 'time to exit');
}

async function administer(server: RedisServer, ...commands: readonly [string, ...string[]][]): Promise<void> {
  const client: Redis = await connectRedis(server.port);
  for (const [name, ...args] of commands) await client.call(name, ...args);
  closeRedis(client);
}
