import { setTimeout as pause } from 'node:timers/promises';

import { expect } from 'chai';

import { endWorkers, startWorker, type CacheWorker, type Source } from '../support/cache-worker.js';
import { describeInOneDialect } from '../support/dialect.js';
import { FaultProxy } from '../support/fault-proxy.js';
import { expectAtMost } from '../support/noise.js';
import { startRedis, type RedisServer } from '../support/redis-server.js';
import { closeRedis, connectRedis } from '../support/redis.js';
import { until } from '../support/until.js';

/** The defaults: of a command's deadline, and of the bus. */
const DEADLINE = 500;
const HEARTBEAT = 1_000;
const LOAD = 20;
/** For timers, the channel between the processes, and a machine that does other things as well. */
const SLACK = 100;
/** What a call may take beyond the load when Redis is known to be away. */
const FAST = 5;

/** What is behind the cache: each key's load takes a while, and is counted by process. */
class VersionedSource {
  version = 1;
  readonly loads = new Map<string, number>();

  of(process: string): Source {
    return {
      load: async (id) => {
        const value = `version ${this.version}`;
        const name = `${process} ${id}`;
        this.loads.set(name, (this.loads.get(name) ?? 0) + 1);
        await pause(LOAD);
        return value;
      },
    };
  }
}

describeInOneDialect('Two processes with two tiers, their clients as ioredis makes them', function () {
  this.slow(15_000);
  let server: RedisServer;
  let lines: readonly [FaultProxy, FaultProxy];
  let source: VersionedSource;
  let here: CacheWorker;
  let there: CacheWorker;

  beforeEach(async () => {
    server = await startRedis();
    lines = [new FaultProxy(server.port), new FaultProxy(server.port)];
    await Promise.all(lines.map((line) => line.start()));
    source = new VersionedSource();
    here = await start(lines[0], 'here');
    there = await start(lines[1], 'there');
  });

  afterEach(async () => {
    await endWorkers();
    await Promise.all(lines.map((line) => line.stop()));
    await server.stop();
  });

  async function start(line: FaultProxy, name: string): Promise<CacheWorker> {
    const options = { port: line.port, prefix: 'tiers', ttl: '60000ms', tiered: true } as const;
    const worker = await startWorker(options, source.of(name));
    await worker.ask('connected');
    return worker;
  }

  /** Both have copies. */
  async function warm(...ids: readonly string[]): Promise<void> {
    for (const id of ids) {
      for (const worker of [here, there]) expect(await worker.ask('find', id)).to.equal('version 1');
      await until(async () => (await copies(here, id)) && (await copies(there, id)));
    }
  }

  /** Is it answered without a command? */
  async function copies(worker: CacheWorker, id: string): Promise<boolean> {
    const before = await commandsOf();
    await worker.ask('find', id);
    return (await commandsOf()) === before;
  }

  /** Commands of clients that ask for, or store, entries. */
  async function commandsOf(): Promise<number> {
    const client = await connectRedis(server.port);
    const stats = await client.info('commandstats');
    closeRedis(client);
    const counts = [...stats.matchAll(/cmdstat_(?:get|mget|evalsha|eval|unlink):calls=(\d+)/g)];
    return counts.reduce((sum, [, count]) => sum + Number(count), 0);
  }

  async function timesOf(worker: CacheWorker, ids: readonly string[]): Promise<number[]> {
    const times: number[] = [];
    for (const id of ids) times.push((await worker.ask('findTimed', id)).took);
    return times;
  }

  /** After the outage: nobody is served the old value once the invalidation is applied. */
  async function expectNewForAll(id: string): Promise<void> {
    await until(async () => (await here.ask('health')).queuedInvalidations === 0);
    await pause(SLACK);
    for (const worker of [here, there]) expect(await worker.ask('find', id)).to.equal('version 2');
  }

  it('answer hits of the first tier without a command', async () => {
    await warm('a');
    const before = await commandsOf();
    for (let call = 1; call <= 50; call += 1) await there.ask('find', 'a');
    expect(await commandsOf()).to.equal(before);
  });

  it('serve no value that the other has invalidated, after a few milliseconds', async () => {
    const delays: number[] = [];
    for (let round = 1; round <= 60; round += 1) {
      const id = `round ${round}`;
      source.version = 1;
      await warm(id);
      source.version = 2;
      const watching = there.ask('watch', id, 60, 0);
      await pause(10);
      const appliedAt = await here.ask('invalidateAt', id);
      const answers = await watching;
      const old = answers.filter(({ value }) => value === 'version 1');
      delays.push(Math.max(0, ...old.map(({ at }) => at - appliedAt)));
    }
    delays.sort((one, other) => one - other);
    const p99 = delays[Math.ceil(delays.length * 0.99) - 1] ?? NaN;
    console.log(
      `      old values after an invalidation was applied: median ${(delays[30] ?? NaN).toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`,
    );
    expectAtMost(5, delays[Math.floor(delays.length * 0.9)] ?? NaN);
    expectAtMost(SLACK, p99);
  });

  it('serve none after a heartbeat where the subscriber of the other hears nothing and knows nothing of it', async () => {
    const delays: number[] = [];
    for (let round = 1; round <= 4; round += 1) {
      const id = `round ${round}`;
      source.version = 1;
      await warm(id);
      source.version = 2;
      lines[1].blackHole('to client', { only: 'subscribers' });
      await pause(Math.random() * HEARTBEAT);
      const watching = there.ask('watch', id, 1.5 * HEARTBEAT, 1);
      const appliedAt = await here.ask('invalidateAt', id);
      const answers = await watching;
      const old = answers.filter(({ value }) => value === 'version 1');
      delays.push(Math.max(0, ...old.map(({ at }) => at - appliedAt)));
      await lines[1].mend();
      await until(async () => (await there.ask('health')).l1 === 'trusted');
    }
    console.log(`      old values for ${delays.map((delay) => delay.toFixed(0)).join(', ')} ms of ${HEARTBEAT + 100}`);
    expect(Math.max(...delays)).to.be.at.most(HEARTBEAT + 100);
  });

  it('go on while Redis hangs for 5 s: at full speed where there is a copy, and by the load alone where there is none', async () => {
    await warm('hot', 'changed');
    server.pause();
    const hungAt = performance.now();
    const first = await timesOf(here, ['cold 1', 'cold 2', 'cold 3']);
    source.version = 2;
    expect(await here.ask('invalidate', 'changed')).to.equal('queued');
    const later = await timesOf(here, ['cold 4', 'cold 5', 'cold 6', 'cold 7', 'cold 8']);
    const again = await timesOf(here, ['cold 1', 'cold 4']);
    expect(await here.ask('find', 'changed')).to.equal('version 2');
    const hits: number[] = [];
    while (performance.now() - hungAt < 4_500) {
      hits.push(...(await timesOf(there, ['hot'])));
      await pause(20);
    }
    server.resume();
    console.log(
      `      first calls ${listOf(first)} ms, later ones ${listOf(later)}, again ${listOf(again)}, slowest of ${hits.length} hits ${Math.max(...hits).toFixed(1)}`,
    );
    expectAtMost(DEADLINE + LOAD + SLACK, Math.max(...first));
    expectAtMost(LOAD + FAST, medianOf(later));
    expectAtMost(LOAD, Math.max(...again));
    expectAtMost(1, medianOf(hits));
    expect([...source.loads].filter(([name, count]) => name.includes('cold') && count > 1)).to.deep.equal([]);
    await expectNewForAll('changed');
  });

  for (const [title, begin, end] of [
    [
      'cannot be reached for 4 s, and keeps its data',
      () => Promise.all(lines.map((line) => line.cut())),
      () => Promise.all(lines.map((line) => line.mend())),
    ],
    ['is killed, and is back empty after 4 s', () => server.kill(), () => server.start()],
  ] as const) {
    it(`go on while Redis ${title}, and load each key once`, async () => {
      await warm('changed', 'a', 'b');
      source.loads.clear();
      await begin();
      const from = performance.now();
      source.version = 2;
      expect(await here.ask('invalidate', 'changed')).to.equal('queued');
      const times: number[] = [];
      while (performance.now() - from < 4_000) {
        for (const worker of [here, there]) times.push(...(await timesOf(worker, ['a', 'b'])));
        await pause(20);
      }
      expect(await here.ask('find', 'changed')).to.equal('version 2');
      const counts = [...source.loads].filter(([name]) => !name.includes('changed'));
      console.log(
        `      ${times.length} calls, slowest ${Math.max(...times).toFixed(0)} ms; loads ${counts.map(([name, count]) => `${name}: ${count}`).join(', ')}`,
      );
      expect(counts.filter(([, count]) => count > 1)).to.deep.equal([]);
      expectAtMost(DEADLINE + LOAD + SLACK, Math.max(...times));
      await end();
      await expectNewForAll('changed');
    });
  }
});

function listOf(times: readonly number[]): string {
  return times.map((time) => time.toFixed(0)).join(', ');
}

function medianOf(times: readonly number[]): number {
  return [...times].sort((one, other) => one - other)[Math.floor(times.length / 2)] ?? NaN;
}
