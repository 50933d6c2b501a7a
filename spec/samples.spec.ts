import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';

import { expect } from 'chai';

import { describeInOneDialect } from './support/dialect.js';
import { findFreePort, startRedis, type RedisServer } from './support/redis-server.js';
import { commandOf, failureOf, ROOT, SampleProcess } from './support/sample-process.js';
import { brief, UsersClient } from './support/users-client.js';
import { until } from './support/until.js';

/** The users service in a process of its own. */
class UsersServiceProcess extends UsersClient {
  readonly #sample: SampleProcess;

  static async start(environment: Record<string, string> = {}): Promise<UsersServiceProcess> {
    return new UsersServiceProcess(await SampleProcess.start('users-service', { REDIS_URL: '', ...environment }));
  }

  private constructor(sample: SampleProcess) {
    const [url = ''] = /http:\/\/127\.0\.0\.1:\d+/.exec(sample.output) ?? [];
    super(url);
    this.#sample = sample;
  }

  get output(): string {
    return this.#sample.output;
  }

  /** How often the source was asked for this key, as the log shows. */
  loadsOf(key: string): number {
    return this.output.split('\n').filter((line) => line.includes(`load ${key}`)).length;
  }

  /** The exit code after a signal. */
  stop(signal?: NodeJS.Signals): Promise<number | null> {
    return this.#sample.stop(signal);
  }
}

async function playRename(users: UsersServiceProcess): Promise<string[]> {
  return [
    brief(await users.get('/users/1')),
    brief(await users.get('/users/1')),
    brief(await users.rename(1, 'Augusta Ada King')),
    brief(await users.get('/users/1')),
    brief(await users.get('/users/1')),
  ];
}

const RENAMED = [
  '200 miss Ada Lovelace',
  '200 hit Ada Lovelace',
  '200 - Augusta Ada King',
  '200 miss Augusta Ada King',
  '200 hit Augusta Ada King',
];

describe('The users service with memory', function () {
  this.timeout(120_000);

  // One process for all: each spec has a user of its own.
  let users: UsersServiceProcess;

  before(async () => {
    users = await UsersServiceProcess.start();
  });

  after(async () => {
    await users.stop('SIGKILL');
  });

  it('prints the commands to try', () => {
    expect(users.output).to.include('keeps entries in memory').and.to.include(`curl -i ${users.url}/users/1`);
  });

  it('answers a miss, then hits, and after a PUT a miss with the new value', async () => {
    expect(await playRename(users)).to.deep.equal(RENAMED);
    expect(users.loadsOf('user:1')).to.equal(2);
  });

  it('answers stale after the ttl at once, and a hit when the refresh behind it is done', async () => {
    await users.get('/users/2');
    await pause(5_050);
    expect(brief(await users.get('/users/2'))).to.equal('200 stale Alan Turing');
    await until(async () => (await users.get('/users/2')).outcome === 'hit');
    expect(users.output).to.include('load user:2 (in the background)');
  });

  it('says of each of several concurrent requests how it was answered, and loads once', async () => {
    await users.get('/users/4');
    const paths = ['/users/3', '/users/4', '/users/3', '/users/4', '/users/3'];
    const answers = await Promise.all(paths.map((path) => users.get(path)));
    expect(answers.filter((_, index) => paths[index] === '/users/4').map(brief)).to.deep.equal([
      '200 hit Edsger Dijkstra',
      '200 hit Edsger Dijkstra',
    ]);
    expect(answers.filter(({ outcome }) => outcome === 'miss')).not.to.be.empty;
    expect(users.loadsOf('user:3')).to.equal(1);
  });

  it('answers 404 for an unknown user each time from the source, and caches nothing', async () => {
    const answers = [await users.get('/users/99'), await users.get('/users/99'), await users.rename(99, 'Nobody')];
    expect(answers.map(brief)).to.deep.equal(['404 miss an error', '404 miss an error', '404 - an error']);
    expect(answers[0]?.body).to.deep.equal({ error: 'There is no user 99.' });
    expect(users.loadsOf('user:99')).to.equal(2);
  });

  it('answers 400 for a malformed id without asking cache or source', async () => {
    const before = users.loadsOf('');
    for (const id of ['one', '0', '-1', '1.0', '01', '1e3', '2147483648', '99999999999999999999', '%00', '%20']) {
      const answer = await users.get(`/users/${id}`);
      expect([answer.status, answer.outcome], id).to.deep.equal([400, null]);
      expect(answer.body['error'], id).to.match(/^The id of a user is a whole number/);
    }
    expect((await users.put('/users/one', '{"name":"Ada"}')).status).to.equal(400);
    expect((await users.get('/users/%E0%A4%A')).body).to.have.all.keys('error');
    expect(users.loadsOf('')).to.equal(before);
  });

  it('answers a malformed body with 4xx and a reason, and leaves the user and its entry as they are', async () => {
    await users.get('/users/5');
    const bodies = ['', '{', '[]', 'null', '{}', '{"name":5}', '{"name":""}', '{"name":" "}', '{"name":"a\\u0000b"}'];
    for (const body of [...bodies, `{"name":"${'a'.repeat(101)}"}`, '{"name":"Ada","id":2}']) {
      const answer = await users.put('/users/5', body);
      expect(answer.status, body).to.equal(400);
      expect(answer.body['error'], body).to.be.a('string').that.is.not.empty;
    }
    expect((await users.put('/users/5', 'name=Ada', 'text/csv')).status).to.equal(415);
    expect(brief(await users.get('/users/5'))).to.match(/^200 (hit|stale) Barbara Liskov$/);
    expect(users.output).not.to.include('invalidate user:5');
  });
});

describeInOneDialect('The users service that cannot start', function () {
  this.timeout(120_000);

  it('says what to do when its port is taken, or the environment makes no sense', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    const failures = await Promise.all([
      failureOf('users-service', { PORT: String(port) }),
      failureOf('users-service', { PORT: 'http' }),
      failureOf('users-service', { PORT: '0', REDIS_URL: 'localhost' }),
    ]);
    taken.close();
    expect(failures).to.deep.equal([
      `Port ${port} is taken. Choose another one, or 0 for any free one: PORT=0 npm start\n`,
      'PORT must be a number from 0 to 65535, but it is "http".\n',
      'REDIS_URL must look like redis://127.0.0.1:6379.\n',
    ]);
  });
});

describeInOneDialect('The users service with Redis', function () {
  this.timeout(120_000);

  let redis: RedisServer;
  let users: UsersServiceProcess;

  beforeEach(async () => {
    redis = await startRedis();
    users = await UsersServiceProcess.start({ REDIS_URL: redis.url });
  });

  afterEach(async () => {
    await users.stop('SIGKILL');
    await redis.stop();
  });

  it('answers a miss, then hits, and after a PUT a miss with the new value', async () => {
    expect(await playRename(users)).to.deep.equal(RENAMED);
    expect(users.output).to.include('keeps entries in Redis');
  });

  it('goes on answering, with the right values, when Redis is killed and when it is back', async () => {
    await users.get('/users/1');
    await redis.kill();
    expect(brief(await users.get('/users/1'))).to.equal('200 miss Ada Lovelace');
    expect(brief(await users.rename(1, 'Augusta Ada King'))).to.equal('200 - Augusta Ada King');
    expect(brief(await users.get('/users/1'))).to.equal('200 miss Augusta Ada King');
    await redis.restart();
    await until(async () => (await users.get('/users/1')).outcome === 'hit');
    expect(brief(await users.get('/users/1'))).to.equal('200 hit Augusta Ada King');
  });

  it('answers within its deadline while Redis hangs, and never with what was renamed meanwhile', async () => {
    await users.get('/users/1');
    redis.pause();
    const renamed = await users.rename(1, 'Augusta Ada King');
    const read = await users.get('/users/1');
    redis.resume();
    expect([brief(renamed), brief(read)]).to.deep.equal(['200 - Augusta Ada King', '200 miss Augusta Ada King']);
    expect(Math.max(renamed.took, read.took)).to.be.below(2_000);
    await until(async () => (await users.get('/users/1')).outcome === 'hit');
    expect(brief(await users.get('/users/1'))).to.equal('200 hit Augusta Ada King');
  });

  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    it(`ends by itself, with 0 and without a complaint, on ${signal}`, async () => {
      await users.get('/users/1');
      expect(await users.stop(signal)).to.equal(0);
      expect(users.output.split(`${signal}: stopping`)[1]?.trim()).to.equal('');
    });
  }
});

describeInOneDialect('The users service with a REDIS_URL that leads nowhere', function () {
  this.timeout(120_000);

  it('starts, answers, and tells when it stops which invalidations Redis never got', async () => {
    const users = await UsersServiceProcess.start({ REDIS_URL: `redis://127.0.0.1:${await findFreePort()}` });
    try {
      expect(brief(await users.get('/users/1'))).to.equal('200 miss Ada Lovelace');
      expect(brief(await users.rename(1, 'Augusta Ada King'))).to.equal('200 - Augusta Ada King');
      expect(await users.stop()).to.equal(0);
      expect(users.output).to.include('Redis is away').and.to.include('FRESHKEEP_INVALIDATIONS_LOST');
    } finally {
      await users.stop('SIGKILL');
    }
  });
});

describe('The demo', function () {
  this.timeout(120_000);

  let lines: ReadonlyMap<string, DemoLine>;

  before(async () => {
    const [node, args] = commandOf('demo');
    const { stdout, stderr } = await promisify(execFile)(node, args, { cwd: ROOT, timeout: 100_000 });
    expect(stderr).to.equal('');
    lines = parseTable(stdout);
  });

  const line = (name: string) => lines.get(name)!;

  it('plays seven pitfalls, each by hand and with freshkeep', () => {
    expect([...lines.keys()]).to.have.length(14);
  });

  it('serves no wrong value with freshkeep in any of them', () => {
    for (const number of [1, 2, 3, 4, 5, 6, 7]) expect(line(`${number} freshkeep`).wrong, String(number)).to.equal(0);
  });

  it('shows the stampede by hand, and one load with freshkeep', () => {
    expect(line('1 by hand').loads).to.equal(200);
    expect(line('1 freshkeep').loads).to.equal(1);
    expect(line('1 freshkeep').slowest).to.be.below(line('1 by hand').slowest);
  });

  it('shows wrong values by hand where the ttl is too long, keys differ, or writes go unnoticed', () => {
    for (const number of [2, 4, 5, 7]) expect(line(`${number} by hand`).wrong, String(number)).to.be.above(0);
  });

  it('shows that with a short ttl callers wait by hand, and nobody with staleWhileRevalidate', () => {
    // A load takes 60 ms: who took less has waited for none.
    expect(line('3 by hand').slowest).to.be.at.least(59);
    expect(line('3 freshkeep').slowest).to.be.below(59);
    expect(line('3 freshkeep').loads).to.be.below(line('3 by hand').loads / 2);
  });

  it('shows that what is read once stays in the cache by hand, and does not with freshkeep', () => {
    expect(line('6 by hand').kept).to.equal(3_003);
    expect(line('6 freshkeep').kept).to.equal(3);
  });

  it('shows that two copies of the logic load more than one declaration', () => {
    expect(line('7 freshkeep').loads).to.be.below(line('7 by hand').loads);
  });
});

interface DemoLine {
  readonly loads: number;
  readonly wrong: number;
  readonly slowest: number;
  readonly kept: number;
}

/** The demo's table, by pitfall and cache: `'1 freshkeep'`. */
function parseTable(output: string): ReadonlyMap<string, DemoLine> {
  const lines = new Map<string, DemoLine>();
  let pitfall = '';
  for (const match of output.matchAll(/^(\d?).*(by hand|freshkeep) +(\d+) +(\d+) +([\d.]+) ms +(\d+)$/gm)) {
    const [, number = '', cache = '', loads, wrong, slowest, kept] = match;
    if (number !== '') pitfall = number;
    lines.set(`${pitfall} ${cache}`, {
      loads: Number(loads),
      wrong: Number(wrong),
      slowest: Number(slowest),
      kept: Number(kept),
    });
  }
  return lines;
}
