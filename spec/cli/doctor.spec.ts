import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect } from 'chai';
import { diagnose, type CacheStats } from 'freshkeep';

import { statsIn } from '../../lib/cli/stats/stats-in.js';
import { Failure } from '../../lib/cli/failure.js';
import { findFreePort } from '../support/redis-server.js';
import { cli, cliJson, CliProcess } from './cli.js';
import { statsOfPopularPage } from './stats-fixtures.js';

let sick: CacheStats;
let healthy: CacheStats;

before(async () => {
  sick = await statsOfPopularPage('sick', 0);
  healthy = await statsOfPopularPage('well', '1m');
});

describe('freshkeep doctor', () => {
  let folder: string;
  const file = async (content: unknown) => {
    const path = join(folder, 'stats.json');
    await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
    return path;
  };

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'freshkeep-doctor-'));
  });

  after(() => rm(folder, { recursive: true, force: true }));

  it('prints each finding with its figures and their units, and ends with 1', async () => {
    const { code, stdout, stderr } = await new CliProcess(['doctor', await file(sick)]).ended();
    expect([code, stderr]).to.deep.equal([1, '']);
    const [finding] = diagnose(sick);
    const lines = stdout.split('\n');
    expect(lines[0]).to.match(/^1 finding \(1 high\): cache sick, 1 pattern, 2,000 calls within 21 s$/);
    expect(lines[2]).to.equal('HIGH  stampede  page:{}');
    expect(stdout.replace(/\s+/g, ' ')).to.contain(finding?.summary).and.to.contain(`What to do: ${finding?.advice}`);
    for (const { what } of finding?.evidence ?? [])
      expect(stdout).to.match(new RegExp(`^    ${what} +[\\d.,]+( %| ms| s)?$`, 'm'));
    expect(stdout)
      .to.match(/ [\d.]+ (ms|s)$/m)
      .and.to.contain('See docs/findings/stampede.md');
    // Nobody has asked for what only a terminal understands.
    expect(stdout).not.to.contain('\u001b');
  });

  it('reads a file that begins with a byte order mark', async () => {
    expect((await cli('doctor', await file(`\uFEFF${JSON.stringify(healthy)}`))).code).to.equal(0);
  });

  it('says of a healthy cache in one line what was looked at, from standard input too', async () => {
    const { code, stdout } = await new CliProcess(['doctor', '-'], { FORCE_COLOR: '1' }).ended(JSON.stringify(healthy));
    expect(stdout).to.equal(
      'healthy: cache well, 1 pattern, 2,000 calls within 21 s, and nothing is wrong as far as they tell\n',
    );
    expect(code).to.equal(0);
  });

  it('takes what the dashboard answers, and lists of several caches', async () => {
    const path = await file([{ stats: healthy, findings: [] }, sick]);
    const { failed, caches } = await cliJson<{ failed: boolean; caches: object[] }>('doctor', path);
    expect(failed).to.equal(true);
    expect(caches).to.deep.equal([
      { cache: 'well', at: healthy.at, countedFor: healthy.countedFor, patterns: 1, calls: 2_000, findings: [] },
      { cache: 'sick', at: sick.at, countedFor: sick.countedFor, patterns: 1, calls: 2_000, findings: diagnose(sick) },
    ]);
  });

  it('fails from the severity on that it is told', async () => {
    const path = await file(sick);
    const codes = ['high', 'medium', 'low', 'never'].map(
      async (severity) => (await cli('doctor', path, '--fail-on', severity)).code,
    );
    expect(await Promise.all(codes)).to.deep.equal([1, 1, 1, 0]);
    expect((await cli('doctor', path, '--fail-on', 'critical')).stderr).to.contain(
      'must be one of medium, high, low, never',
    );
  });

  for (const [title, content, said] of [
    ['no JSON', 'not JSON', 'holds no JSON'],
    ['something else', { users: [] }, 'has no statistics of a cache: `format` is not 1, but undefined'],
    ['an empty list', [], 'the list is empty'],
    ['another format', { format: 99, patterns: [] }, 'statistics of format 99'],
    ['null', null, 'has no statistics of a cache'],
  ] as const)
    it(`refuses a file that holds ${title}, without a stack`, async () => {
      const { code, stdout, stderr } = await cli('doctor', await file(content));
      expect([code, stdout]).to.deep.equal([2, '']);
      expect(stderr)
        .to.contain(said)
        .and.to.match(/^freshkeep: /);
      expect(stderr).not.to.match(/^\s+at /m);
    });

  it('says which file there is not, and that a folder is none', async () => {
    expect((await cli('doctor', join(folder, 'missing.json'))).stderr).to.contain('missing.json: there is none');
    expect((await cli('doctor', folder)).stderr).to.contain('it is a folder');
    expect((await cli('doctor')).code).to.equal(2);
    expect((await cli('doctor', 'ftp://host/stats')).stderr).to.contain('http:// or https://');
  });
});

describe('Statistics that were read', () => {
  it('are taken as they come', () => {
    expect(statsIn(sick, 'it')).to.deep.equal([sick]);
  });

  it('are refused with what is wrong where it lies deep', () => {
    const spoilt = {
      ...sick,
      patterns: [{ ...sick.patterns[0], loads: { ...sick.patterns[0]?.loads, counts: 'many' } }],
    };
    expect(() => statsIn(spoilt, 'it')).to.throw(
      Failure,
      'it has no statistics of a cache: `patterns[0].loads.counts` is not a list, but "many"',
    );
  });
});

describe('freshkeep doctor, of an address', () => {
  let server: Server;
  let address: string;
  let answer: (request: IncomingMessage, response: ServerResponse) => void;

  before(async () => {
    server = createServer((request, response) => {
      answer(request, response);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  after(() => {
    server.closeAllConnections();
    server.close();
  });

  it('asks for JSON, with the headers that it is given', async () => {
    let asked: IncomingMessage['headers'] = {};
    answer = (request, response) => {
      asked = request.headers;
      response.end(JSON.stringify({ stats: healthy, findings: [] }));
    };
    expect((await cli('doctor', `http://${address}/cache`, '--header', 'Authorization: Bearer t: 1')).code).to.equal(0);
    expect(asked).to.include({ accept: 'application/json', authorization: 'Bearer t: 1' });
  });

  for (const header of ['token', 'X-Token abc', ': abc']) {
    it(`refuses the header '${header}'`, async () => {
      const { code, stderr } = await cli('doctor', `http://${address}/cache`, '--header', header);
      expect(code).to.equal(2);
      expect(stderr).to.include("--header must be of the form 'name: value'");
    });
  }

  it('takes a user and a password from the address, and never shows them', async () => {
    let authorization: string | undefined;
    answer = (request, response) => {
      ({ authorization } = request.headers);
      response.writeHead(500).end();
    };
    const { code, stderr } = await cli('doctor', `http://ann:s%40cret@${address}/cache?token=s@cret`);
    expect(authorization).to.equal(`Basic ${Buffer.from('ann:s@cret').toString('base64')}`);
    expect(code).to.equal(3);
    expect(stderr).not.to.match(/cret|ann/);
  });

  for (const [status, hint] of [
    [401, '--header'],
    [403, '--header'],
    [404, 'is this the address'],
    [500, 'the log of that service'],
  ] as const)
    it(`says that it was answered with ${status}`, async () => {
      answer = (_request, response) => response.writeHead(status).end('<html>');
      const { code, stdout, stderr } = await cli('doctor', `http://${address}/cache`);
      expect([code, stdout]).to.deep.equal([3, '']);
      expect(stderr).to.contain(`answers ${status}`).and.to.contain(hint);
    });

  it('goes where the same server sends it, with its headers, as to the page of a dashboard from its mount', async () => {
    const asked: (string | undefined)[] = [];
    answer = ({ url, headers }, response) => {
      asked.push(url, headers.authorization);
      if (url === '/cache') response.writeHead(308, { location: './cache/' }).end();
      else response.end(JSON.stringify(healthy));
    };
    const { code, stderr } = await cli('doctor', `http://${address}/cache`, '--header', 'authorization: Bearer t');
    expect([code, stderr]).to.deep.equal([0, '']);
    expect(asked).to.deep.equal(['/cache', 'Bearer t', '/cache/', 'Bearer t']);
  });

  it('goes to no other server, which would be given the headers, and says where it was sent', async () => {
    const other = createServer((_request, response) => response.end(JSON.stringify(healthy))).listen(0, '127.0.0.1');
    await once(other, 'listening');
    const elsewhere = `http://ann:secret@127.0.0.1:${(other.address() as AddressInfo).port}/login`;
    answer = (_request, response) => response.writeHead(302, { location: `${elsewhere}?token=secret` }).end();
    const { code, stderr } = await cli('doctor', `http://${address}/cache`);
    other.close();
    expect(code).to.equal(3);
    expect(stderr).to.contain(`it sends to ${elsewhere.replace('ann:secret@', '')}\n`);
  });

  it('says that it is sent about without end, and nowhere', async () => {
    const sent = async (location: string) => {
      answer = (_request, response) => response.writeHead(302, { location }).end();
      return (await cli('doctor', `http://${address}/cache`)).stderr;
    };
    expect(await sent('/cache')).to.contain('from one place to the next without end');
    expect(await sent('http://')).to.contain('an address that is none');
  });

  it('says what came instead of JSON', async () => {
    answer = (_request, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>');
    const { code, stderr } = await cli('doctor', `http://${address}/`);
    expect(code).to.equal(2);
    expect(stderr).to.contain('answers with text/html, which is no JSON');
  });

  it('waits no longer than it is told', async () => {
    answer = (_request, response) => void response.writeHead(200).write('[');
    const { code, stderr } = await cli('doctor', `http://${address}/`, '--timeout', '100ms');
    expect(code).to.equal(3);
    expect(stderr).to.contain('has not answered within 100 ms');
  });

  it('says how long it may be told to wait', async () => {
    for (const timeout of ['30d', '61', 'abc']) {
      const { code, stderr } = await cli('doctor', `http://${address}/`, '--timeout', timeout);
      expect(code).to.equal(2);
      expect(stderr).to.match(/`--timeout` to be more than zero, at most 60s, as seconds/);
    }
  });

  it('says that a server does not speak TLS, or may do so', async () => {
    const secure = await cli('doctor', `https://${address}/`);
    expect([secure.code, secure.stderr]).to.deep.equal([
      3,
      `freshkeep: cannot reach https://${address}/: it does not speak TLS\n  perhaps its address begins with http://\n`,
    ]);
    answer = (request) => request.destroy();
    const plain = await cli('doctor', `http://${address}/`);
    expect([plain.code, plain.stderr]).to.deep.equal([
      3,
      `freshkeep: cannot reach http://${address}/: the connection was closed\n  perhaps its address begins with https://\n`,
    ]);
  });

  it('says what an address begins with where there is no file of that name', async () => {
    for (const from of [`${address}/cache`, 'localhost:3000']) {
      const { code, stderr } = await cli('doctor', from);
      expect([code, stderr]).to.deep.equal([
        2,
        `freshkeep: cannot read the file ${from}: there is none\n  an address begins with http:// or https://\n`,
      ]);
    }
    expect((await cli('doctor', 'stats.json')).stderr).not.to.contain('an address');
    for (const from of ['ann:secret@host:3000/cache', 'http:/ann:secret@host/']) {
      expect((await cli('doctor', from)).stderr).to.equal(
        'freshkeep: cannot read the file: there is none\n  an address begins with http:// or https://\n',
      );
    }
  });

  it('says what is wrong with a password that is not encoded, without a word of it', async () => {
    const { code, stderr } = await cli('doctor', `http://ann:s%cret@${address}/`);
    expect([code, stderr.includes('begins no code')]).to.deep.equal([2, true]);
    expect(stderr).not.to.contain('cret');
  });

  it('says that nobody listens, or that there is no address', async () => {
    const { code, stderr } = await cli('doctor', `http://127.0.0.1:${await findFreePort()}/`);
    expect([code, stderr.includes('connection refused')]).to.deep.equal([3, true]);
    expect((await cli('doctor', 'http://')).code).to.equal(2);
    const asJson = await cli('doctor', 'http://', '--json');
    expect(JSON.parse(asJson.stderr)).to.have.nested.property('error.exitCode', 2);
  });
});
