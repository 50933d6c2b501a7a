import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { expect } from 'chai';
import { Cluster } from 'ioredis';

import { describeInOneDialect } from './support/dialect.js';
import { failureOf, SampleProcess } from './support/sample-process.js';
import { until } from './support/until.js';
import { brief, UsersClient, type Answer } from './support/users-client.js';

const HEALTHY = { l1: 'trusted', breaker: 'closed', queuedInvalidations: 0 };

/** The sample with all its processes. */
class ClusterSample {
  readonly first: UsersClient;
  readonly second: UsersClient;
  /** The master to kill. */
  readonly master: number;
  readonly #main: SampleProcess;
  readonly #pids: readonly number[];

  static async start(): Promise<ClusterSample> {
    const main = await SampleProcess.start('cluster');
    try {
      return new ClusterSample(main, await pidsOfNodes(Number(/redis-cli -p (\d+)/.exec(main.output)?.[1])));
    } catch (error) {
      await main.stop('SIGKILL');
      throw error;
    }
  }

  private constructor(main: SampleProcess, nodes: readonly number[]) {
    const instances = [...main.output.matchAll(/^ {2}(?:first|second) +(http:\S+) +process (\d+)$/gm)];
    const [first = '', second = ''] = instances.map(([, url]) => url);
    this.first = new UsersClient(first);
    this.second = new UsersClient(second);
    this.master = Number(/kill -9 (\d+)/.exec(main.output)?.[1]);
    this.#main = main;
    this.#pids = [main.pid, ...instances.map(([, , pid]) => Number(pid)), ...nodes];
  }

  get output(): string {
    return this.#main.output;
  }

  /** Its processes that have not ended: the main one, two instances, and six of Redis at the start. */
  running(): number[] {
    return this.#pids.filter(isRunning);
  }

  stop(signal?: NodeJS.Signals): Promise<number | null> {
    return this.#main.stop(signal);
  }

  /** Does every instance trust its copies and Redis, with nothing left to invalidate? */
  async isHealthy(): Promise<boolean> {
    const answers = await Promise.all([this.first.get('/health'), this.second.get('/health')]);
    const healthy = Object.entries(HEALTHY);
    return answers.every(({ body }) => healthy.every(([name, value]) => body[name] === value));
  }
}

describeInOneDialect('The cluster sample', function () {
  this.slow(10_000);

  // One run for all of these: each spec has a user of its own.
  let sample: ClusterSample;

  before(async () => {
    sample = await ClusterSample.start();
    await until(() => sample.isHealthy());
  });

  after(async () => {
    await sample.stop('SIGKILL');
  });

  it('prints the commands to try, with the ports that it has', () => {
    expect(sample.output).to.include(`curl -i ${sample.first.url}/users/1 `);
    expect(sample.output).to.include(`curl -i ${sample.second.url}/users/1 `);
    expect(sample.running()).to.have.length(9);
  });

  it('loads a user once for both instances, and logs which of them did', async () => {
    const { first, second } = sample;
    const answers = [await first.get('/users/2')];
    // The first caller does not wait for the fill.
    await pause(100);
    answers.push(await second.get('/users/2'), await first.get('/users/2'), await second.get('/users/2'));
    expect(answers.map(brief)).to.deep.equal([
      '200 miss Alan Turing',
      '200 hit Alan Turing',
      '200 hit Alan Turing',
      '200 hit Alan Turing',
    ]);
    expect(sample.output.match(/^.*load user:2$/gm)).to.have.length(1);
    expect(sample.output).to.match(/^first +[\d:.]+ +load user:2$/m);
  });

  it('shows on one instance at once what was renamed on the other', async () => {
    const { first, second } = sample;
    for (const [here, there, name] of [
      [first, second, 'Grace Brewster Murray'],
      [second, first, 'Grace Hopper'],
    ] as const) {
      for (const instance of [here, there]) await instance.get('/users/3');
      expect(brief(await here.rename(3, name))).to.equal(`200 - ${name}`);
      expect(brief(await there.get('/users/3'))).to.equal(`200 miss ${name}`);
      expect(brief(await here.get('/users/3'))).to.equal(`200 hit ${name}`);
    }
  });

  it('tells the health of the cache of each instance', async () => {
    for (const instance of [sample.first, sample.second]) {
      const { body } = await instance.get('/health');
      expect(body).to.include(HEALTHY);
      expect(body['bus']).to.have.property('state', 'connected');
    }
  });

  it('answers every request while a master is killed and its replica takes over, and rightly afterwards', async () => {
    const { first, second, master } = sample;
    for (const instance of [first, second]) await instance.get('/users/1');
    process.kill(master, 'SIGKILL');
    const answers: Answer[] = [await first.rename(1, 'Augusta Ada King')];
    // Until the replica serves, the invalidation of this user is queued.
    while (!(await sample.isHealthy())) {
      answers.push(...(await Promise.all([first.get('/users/1'), second.get('/users/1')])));
      await pause(50);
    }
    expect(answers).to.have.length.above(10);
    expect(answers.filter(({ status }) => status !== 200)).to.be.empty;
    expect(Math.max(...answers.map(({ took }) => took))).to.be.below(2_000);
    for (const instance of [first, second])
      expect((await instance.get('/users/1')).body['name']).to.equal('Augusta Ada King');
    expect(brief(await first.rename(1, 'Ada Lovelace'))).to.equal('200 - Ada Lovelace');
    // The message of the bus and this request go by different ways.
    await pause(100);
    expect(brief(await second.get('/users/1'))).to.equal('200 miss Ada Lovelace');
  });

  it('ends in order on SIGTERM, with 0, and leaves no process behind', async () => {
    expect(await sample.stop()).to.equal(0);
    expect(sample.running()).to.be.empty;
    expect(sample.output.split('SIGTERM: stopping')[1]?.trim()).to.equal('');
  });

  it('leaves no process behind when its main process is killed', async () => {
    const other = await ClusterSample.start();
    await other.stop('SIGKILL');
    await until(() => other.running().length === 0);
  });

  it('says what to do where there is no Redis, or its ports cannot be had', async () => {
    const empty = mkdtempSync(join(tmpdir(), 'freshkeep-no-redis-'));
    try {
      const [noRedis, noPort] = await Promise.all([
        failureOf('cluster', { PATH: empty, REDIS_SERVER: '' }),
        failureOf('cluster', { PORT: '65535' }),
      ]);
      expect(noRedis)
        .to.match(/^This sample needs a real Redis/)
        .and.to.include('apt-get install redis-server');
      expect(noPort).to.equal('PORT must be below 65535: the second instance takes the port after it.\n');
    } finally {
      rmSync(empty, { recursive: true });
    }
  });
});

/** The processes of all nodes of the cluster that this node is in. */
async function pidsOfNodes(port: number): Promise<number[]> {
  const cluster = new Cluster([{ host: '127.0.0.1', port }]);
  try {
    await once(cluster, 'ready');
    const reports = await Promise.all(cluster.nodes('all').map((node) => node.info('server')));
    return reports.map((report) => Number(/^process_id:(\d+)/m.exec(report)?.[1]));
  } finally {
    cluster.disconnect();
  }
}

/** A zombie has ended: in a container, it may be that nobody ever asks how. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  const status = `/proc/${pid}/stat`;
  return !existsSync(status) || !readFileSync(status, 'utf8').includes(') Z ');
}
