import { setTimeout as pause } from 'node:timers/promises';

import { expect } from 'chai';

import { endWorkers, startWorker, startWorkers, type CacheWorker } from '../support/cache-worker.js';
import { Deferred } from '../support/deferred.js';
import { describeInOneDialect } from '../support/dialect.js';
import { expectAtMost } from '../support/noise.js';
import { sharedRedisPort, uniquePrefix } from '../support/redis.js';
import type { BurstReport } from '../support/worker-protocol.js';

const PROCESSES = 8;
const CALLERS = 100;
const LOAD = 200;
/** What the cache may add to a load, or to a stale hit, for the slowest of all callers. */
const OVERHEAD = 60;
/** Until workers begin together: time for the word to reach all. */
const HEAD_START = 300;

describeInOneDialect('A stampede of several processes on one key', function () {
  this.slow(20_000);
  afterEach(endWorkers);

  for (const [where, tiered] of [
    ['in Redis', false],
    ['in two tiers', true],
  ] as const) {
    it(`loads a cold key once, and nobody waits much longer than the load ${where}`, async () => {
      const workers = await startWarmWorkers({ ttl: '60000ms', tiered });
      const before = await loadsOf(workers);

      const reports = await burstOf(workers, 'cold');

      expect((await loadsOf(workers)) - before, 'loads').to.equal(1);
      expect(new Set(reports.flatMap(({ values }) => values)).size, 'different values').to.equal(1);
      expectNobodySlowerThan(LOAD + OVERHEAD, reports);
    });

    it(`refreshes a stale key once, while all are served the stale value at once ${where}`, async () => {
      const workers = await startWarmWorkers({ ttl: '400ms', staleWhileRevalidate: '60000ms', tiered });
      const stale = await workers[0]?.ask('find', 'stale');
      await pause(450);
      const before = await loadsOf(workers);

      const reports = await burstOf(workers, 'stale');

      expect(new Set(reports.flatMap(({ values }) => values)), 'values').to.deep.equal(new Set([stale]));
      expectNobodySlowerThan(OVERHEAD, reports);
      await pause(LOAD + 100);
      expect((await loadsOf(workers)) - before, 'loads').to.equal(1);
      const refreshed = await Promise.all(workers.map((worker) => worker.ask('find', 'stale')));
      expect(new Set(refreshed).size, 'different values after the refresh').to.equal(1);
      expect(refreshed[0]).to.not.equal(stale);
    });
  }

  it('has another process load within lease + 250 ms when the loading process is killed', async () => {
    const loads: { readonly by: string; readonly at: number }[] = [];
    const begun = new Deferred();
    const options = { port: sharedRedisPort(), prefix: uniquePrefix(), ttl: '60000ms' } as const;
    const source = (by: string, answer: Promise<unknown>) => ({
      load: (): Promise<unknown> => {
        loads.push({ by, at: performance.now() });
        begun.resolve();
        return answer;
      },
    });
    const [holder, waiter] = await Promise.all([
      startWorker(options, source('holder', new Promise(() => undefined))),
      startWorker(options, source('waiter', Promise.resolve('value'))),
    ]);
    holder.ask('find', 'key').catch(() => undefined);
    await begun.promise;
    const found = waiter.ask('find', 'key');
    // The lease is renewed meanwhile: the holder is alive.
    await pause(2_500);
    expect(loads.map(({ by }) => by)).to.deep.equal(['holder']);

    const killedAt = performance.now();
    await holder.kill();

    expect(await found).to.equal('value');
    expect(loads.map(({ by }) => by)).to.deep.equal(['holder', 'waiter']);
    const tookOverAfter = (loads[1]?.at ?? NaN) - killedAt;
    console.log(`      taken over ${tookOverAfter.toFixed(0)} ms after the kill`);
    expectAtMost(2_250, tookOverAfter, 'taken over');
  });
});

/** Connected, compiled, and each having loaded something before. */
async function startWarmWorkers(policy: {
  readonly ttl: `${number}ms`;
  readonly staleWhileRevalidate?: `${number}ms`;
  readonly tiered: boolean;
}): Promise<CacheWorker[]> {
  const options = { port: sharedRedisPort(), prefix: uniquePrefix(), loadFor: LOAD, ...policy };
  const workers = await startWorkers(PROCESSES, options);
  await Promise.all(workers.map((worker) => worker.ask('connected')));
  await Promise.all(workers.map((worker, index) => worker.ask('burst', `warm up ${index}`, CALLERS, Date.now())));
  return workers;
}

async function burstOf(workers: readonly CacheWorker[], id: string): Promise<BurstReport[]> {
  const startAt = Date.now() + HEAD_START;
  return Promise.all(workers.map((worker) => worker.ask('burst', id, CALLERS, startAt)));
}

async function loadsOf(workers: readonly CacheWorker[]): Promise<number> {
  const events = await Promise.all(workers.map((worker) => worker.ask('events')));
  return events.reduce((sum, { load = 0 }) => sum + load, 0);
}

/**
 * What a caller waits for passes through several processes. Plain timers in the same workers tell how long each of them may have had to wait
 * for a core: so much is allowed on top, and printed.
 */
function expectNobodySlowerThan(limit: number, reports: readonly BurstReport[]): void {
  const lag = Math.max(...reports.map((report) => report.lag));
  const allowed = limit + 4 * lag;
  const slowest = reports.map((report) => report.slowest.toFixed(0)).join(', ');
  console.log(
    `      slowest caller of each process: ${slowest} ms of ${allowed.toFixed(0)}; timers late by ${lag.toFixed(0)}`,
  );
  expect(Math.max(...reports.map((report) => report.slowest))).to.be.at.most(allowed);
}
