import { once } from 'node:events';
import { Agent, request, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { setImmediate } from 'node:timers/promises';
import { inspect } from 'node:util';

import { expect } from 'chai';
import { createCache, key, MemoryStore, type Cache, type CacheKey } from 'freshkeep';
import { createDashboard, type DashboardOptions } from 'freshkeep/dashboard';
import sinon from 'sinon';

import { ChaosStore } from '../support/chaos-store.js';
import { expectCacheError } from '../support/cache-errors.js';
import { Deferred } from '../support/deferred.js';
import { ask, Servers, type Question } from './http.js';

const SENT_BY_PAGE = {
  'content-type': 'application/json',
  'x-freshkeep-dashboard': '1',
  'sec-fetch-site': 'same-origin',
};

function post(body: unknown, headers: Question['headers'] = {}): Question {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return { method: 'POST', headers: { ...SENT_BY_PAGE, ...headers }, body: text };
}

describe('The dashboard', () => {
  const servers = Servers.forEachSpec();
  let cache: Cache;

  beforeEach(() => {
    cache = createCache({ store: new MemoryStore(), name: 'users' });
  });

  afterEach(() => {
    sinon.restore();
  });

  const open = (options: Omit<DashboardOptions, 'cache'> = {}) =>
    servers.listen(createDashboard({ cache, ...options }));
  const statusOf = async (url: string, question?: Question) => (await ask(url, question)).status;

  describe('of which nobody has said who may see it', () => {
    it('is seen from this machine, by its names', async () => {
      const url = await open();
      for (const host of ['localhost', 'localhost:80', 'LocalHost:8080', '127.0.0.1:3000', '[::1]', '[::1]:3000']) {
        expect(await statusOf(`${url}/overview`, { headers: { host } }), host).to.equal(200);
      }
    });

    it('is not seen by a page whose name was made to mean this machine', async () => {
      const url = await open();
      const names = ['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example', 'localhost@evil.example', ''];
      for (const host of [...names, '127.0.0.1:80:80', 'localhost.', '192.168.0.1']) {
        expect(await statusOf(`${url}/overview`, { headers: { host } }), host).to.equal(403);
      }
    });

    it('is not seen through a proxy on this machine', async () => {
      const url = await open();
      const names = ['X-Forwarded-For', 'x-forwarded-host', 'X-Forwarded-Proto', 'Forwarded', 'Via', 'X-Real-IP'];
      for (const name of names) {
        for (const path of ['/', '/overview', '/page.js', '/nothing']) {
          expect(await statusOf(`${url}${path}`, { headers: { [name]: '127.0.0.1' } }), name).to.equal(403);
        }
      }
    });

    it('is not seen from another machine', async () => {
      const dashboard = createDashboard({ cache });
      for (const [address, status] of [
        ['127.0.0.1', 200],
        ['127.8.9.10', 200],
        ['::1', 200],
        ['::ffff:127.0.0.1', 200],
        ['192.168.0.7', 403],
        ['::ffff:10.0.0.1', 403],
        ['1127.0.0.1', 403],
        ['127.0.0.1.2', 403],
        [undefined, 403],
      ] as const) {
        const url = await servers.listen((req, res) => {
          Object.defineProperty(req.socket, 'remoteAddress', { value: address });
          dashboard(req, res);
        });
        expect(await statusOf(`${url}/overview`), address).to.equal(status);
      }
    });
  });

  describe('with `authorize`', () => {
    it('is seen by those for whom it is true, wherever they are, and by nobody else', async () => {
      for (const [answer, status] of [
        [true, 200],
        [Promise.resolve(true), 200],
        [false, 403],
        [Promise.resolve(false), 403],
        [undefined, 403],
        ['no', 403],
        [1, 403],
      ] as const) {
        const url = await open({ authorize: () => answer as boolean });
        const headers = { host: 'shop.example', 'x-forwarded-for': '8.8.8.8' };
        for (const path of ['/', '/overview', '/page.js']) {
          expect(await statusOf(`${url}${path}`, { headers }), inspect(answer)).to.equal(status);
        }
      }
    });

    it('is asked about each request', async () => {
      const url = await open({ authorize: (req) => req.headers.authorization === 'Bearer x' });
      expect(await statusOf(`${url}/`)).to.equal(403);
      expect(await statusOf(`${url}/`, { headers: { authorization: 'Bearer x' } })).to.equal(200);
      expect(await statusOf(`${url}/explain`, post({ key: 'a' }))).to.equal(403);
    });

    it('that throws answers 500 without a word of why, and warns the process', async () => {
      const warn = sinon.stub(process, 'emitWarning');
      const causes = [
        () => Promise.reject(new Error('db down 1')),
        () => {
          throw new Error('db down 2');
        },
      ];
      for (const [index, authorize] of causes.entries()) {
        const { status, text } = await ask(`${await open({ authorize })}/`);
        expect([status, text.includes('down')]).to.deep.equal([500, false]);
        expect(warn.lastCall.args[0]).to.include(`db down ${index + 1}`);
        expect(warn.lastCall.args[1]).to.include({ code: 'FRESHKEEP_DASHBOARD_FAILED' });
      }
    });
  });

  it('sends the headers that keep others out with every answer', async () => {
    const url = await open({ allowInvalidation: true });
    const answers = await Promise.all([
      ...['/', '/page.js', '/page.css', '/icon.svg', '/overview', '/nothing', '/explain'].map((path) =>
        ask(`${url}${path}`),
      ),
      ask(`${url}/`, { headers: { forwarded: 'for=8.8.8.8' } }),
      ask(`${url}/invalidate`, post({ tag: 'a' })),
    ]);
    for (const { headers } of answers) {
      expect(headers).to.include({
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cache-control': 'no-store',
        'x-frame-options': 'DENY',
        'cross-origin-resource-policy': 'same-origin',
      });
      expect(headers).not.to.have.property('access-control-allow-origin');
      const policy = String(headers['content-security-policy']).split('; ');
      expect(policy).to.include.members(["default-src 'none'", "script-src 'self'", "style-src 'self'"]);
      expect(policy).to.include.members(["base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"]);
      expect(policy).to.include.members([
        "connect-src 'self'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
      ]);
      expect(policy.join()).not.to.match(/unsafe|\*|http/);
    }
  });

  it('does not warn of somebody who has gone while sending', async () => {
    const warn = sinon.stub(process, 'emitWarning');
    const dashboard = createDashboard({ cache });
    const gone = new Deferred();
    const url = await servers.listen((req, res) => {
      res.once('close', () => {
        gone.resolve();
      });
      dashboard(req, res);
      req.once('data', () => req.socket.destroy());
    });
    const headers = { ...SENT_BY_PAGE, 'content-length': '100' };
    const asking = request(`${url}/explain`, { method: 'POST', headers, agent: false });
    asking.on('error', () => undefined);
    asking.write('{"key":');
    await gone.promise;
    await setImmediate();
    expect(warn.callCount).to.equal(0);
  });

  it('refuses what is too long, and answers what is asked next over the same connection', async () => {
    const url = await open();
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const ask = async (path: string, method: string, body?: string) => {
      const asking = request(`${url}${path}`, { method, headers: SENT_BY_PAGE, agent }).end(body);
      const [response] = (await once(asking, 'response')) as [IncomingMessage];
      await text(response);
      return [response.statusCode, asking.reusedSocket];
    };
    expect(await ask('/explain', 'POST', 'x'.repeat(3_000_000))).to.deep.equal([413, false]);
    expect(await ask('/overview', 'GET')).to.deep.equal([200, true]);
    agent.destroy();
  });

  it('tells which methods there are', async () => {
    const url = await open({ allowInvalidation: true });
    for (const [method, path, allow] of [
      ['POST', '/', 'GET, HEAD'],
      ['DELETE', '/overview', 'GET, HEAD'],
      ['OPTIONS', '/page.js', 'GET, HEAD'],
      ['GET', '/invalidate', 'POST'],
      ['HEAD', '/explain', 'POST'],
    ] as const) {
      const { status, headers } = await ask(`${url}${path}`, { method });
      expect([status, headers['allow']], `${method} ${path}`).to.deep.equal([405, allow]);
    }
  });

  it('answers HEAD like GET, without the body', async () => {
    const url = await open();
    for (const path of ['/', '/page.js', '/overview']) {
      const [head, get] = await Promise.all([ask(`${url}${path}`, { method: 'HEAD' }), ask(`${url}${path}`)]);
      expect([head.status, head.text]).to.deep.equal([200, '']);
      expect(head.headers['content-length']).to.equal(get.headers['content-length']);
    }
  });

  it('finds no more than there is', async () => {
    const url = await open();
    for (const path of [
      '/..%2f',
      '/overview/',
      '//',
      '/Overview',
      '/%6fverview',
      '/__proto__',
      '/constructor',
      '/invalidate',
    ]) {
      expect(await statusOf(`${url}${path}`), path).to.equal(404);
    }
    expect(await statusOf(`${url}/pattern`)).to.equal(404);
    expect(await statusOf(`${url}/pattern?pattern=%ff%00`)).to.equal(404);
  });

  describe('that may invalidate', () => {
    const userKey = (id: number) => key`user:${id}`;
    let loads: number;
    let find: (id: number) => Promise<number>;

    beforeEach(async () => {
      loads = 0;
      find = cache.wrap(async (_id: number) => (loads += 1), { key: userKey, ttl: '1m', tags: ['users'] });
      await find(7);
    });

    it('invalidates a key and a tag, and says that it did', async () => {
      const url = await open({ allowInvalidation: true });
      for (const [index, name] of [{ key: 'user:7' }, { tag: 'users' }].entries()) {
        const answer = await ask(`${url}/invalidate`, post(name));
        expect([answer.status, answer.json()]).to.deep.equal([200, { result: 'applied' }]);
        expect(await find(7)).to.equal(index + 2);
      }
      const [pattern, ...others] = cache.stats().patterns;
      expect([pattern?.pattern, pattern?.invalidations, others.length]).to.deep.equal(['user:{}', 1, 0]);
    });

    it('says that it is queued while the store is away', async () => {
      const chaos = new ChaosStore();
      cache = createCache({ store: chaos, name: 'away' });
      const url = await open({ allowInvalidation: true });
      chaos.fail('invalidate');
      for (const name of [{ key: 'user:7' }, { tag: 'users' }]) {
        expect((await ask(`${url}/invalidate`, post(name))).json()).to.deep.equal({ result: 'queued' });
      }
    });

    it('takes the whole key, with its scope', async () => {
      let tenant = 'one';
      cache = createCache({ store: new MemoryStore(), name: 'tenants', scope: () => tenant });
      find = cache.wrap(async (_id: number) => (loads += 1), { key: userKey, ttl: '1m' });
      const valuesOf = async () => {
        const values: Record<string, number> = {};
        for (tenant of ['one', 'two']) values[tenant] = await find(7);
        return values;
      };
      const before = await valuesOf();
      const url = await open({ allowInvalidation: true });
      expect(await statusOf(`${url}/invalidate`, post({ key: '@two:user:7' }))).to.equal(200);
      const after = await valuesOf();
      expect([after['one'] === before['one'], after['two'] === before['two']]).to.deep.equal([true, false]);
      expect(cache.stats().patterns.map(({ pattern }) => pattern)).to.deep.equal(['user:{}']);
    });

    it('runs an action that the page has sent, and no other', async () => {
      let runs = 0;
      const url = await open({ actions: [{ name: 'Make traffic', run: () => (runs += 1) }] });
      expect((await ask(`${url}/action`, post({ name: 'Make traffic' }))).json()).to.deep.equal({
        done: 'Make traffic',
      });
      expect(await statusOf(`${url}/action`, post({ name: 'make traffic' }))).to.equal(404);
      expect(await statusOf(`${url}/action`, post({}))).to.equal(404);
      for (const headers of [{ 'x-freshkeep-dashboard': null }, { 'sec-fetch-site': 'cross-site' }]) {
        expect(await statusOf(`${url}/action`, post({ name: 'Make traffic' }, headers))).to.equal(403);
      }
      expect(await statusOf(`${url}/action`)).to.equal(405);
      expect(runs).to.equal(1);
    });

    it('does not, unless it was allowed', async () => {
      expect(await statusOf(`${await open()}/invalidate`, post({ key: 'user:7' }))).to.equal(404);
      expect(await find(7)).to.equal(1);
    });

    it('does nothing that a page elsewhere has sent', async () => {
      const url = await open({ allowInvalidation: true });
      const { host } = new URL(url);
      const forged: readonly (readonly [Question['headers'], number])[] = [
        [{ 'x-freshkeep-dashboard': null }, 403],
        [{ 'sec-fetch-site': 'cross-site' }, 403],
        [{ 'sec-fetch-site': 'same-site' }, 403],
        [{ 'sec-fetch-site': 'none' }, 403],
        [{ 'sec-fetch-site': null, origin: 'http://evil.example' }, 403],
        [{ 'sec-fetch-site': null, origin: 'null' }, 403],
        [{ 'sec-fetch-site': null, origin: `http://${host}0` }, 403],
        [{ 'content-type': 'text/plain' }, 415],
        [{ 'content-type': 'application/x-www-form-urlencoded' }, 415],
        [{ 'content-type': null }, 415],
      ];
      for (const path of ['invalidate', 'explain']) {
        for (const [headers, status] of forged) {
          expect(await statusOf(`${url}/${path}`, post({ key: 'user:7' }, headers)), JSON.stringify(headers)).to.equal(
            status,
          );
        }
      }
      expect(await find(7)).to.equal(1);
      for (const headers of [{ 'sec-fetch-site': null, origin: `http://${host}` }, { 'sec-fetch-site': null }]) {
        expect(await statusOf(`${url}/invalidate`, post({ key: 'user:7' }, headers))).to.equal(200);
      }
    });

    it('refuses what is no key and no tag', async () => {
      const url = await open({ allowInvalidation: true });
      const wrong: readonly (readonly [unknown, number])[] = [
        ['', 400],
        ['{', 400],
        ['null', 400],
        ['[]', 400],
        ['"user:7"', 400],
        [{}, 400],
        [{ key: 'a', tag: 'b' }, 400],
        [{ key: 7 }, 400],
        [{ key: '' }, 400],
        [{ key: ['user:7'] }, 400],
        [{ key: 'ü'.repeat(257) }, 400],
        [{ tag: '' }, 400],
        [{ tag: 'x'.repeat(257) }, 400],
        [{ tag: null }, 400],
        [{ cache: 'other', key: 'user:7' }, 404],
        [{ cache: {}, key: 'user:7' }, 404],
        [`{"key":"${'x'.repeat(9_000)}"}`, 413],
      ];
      for (const [body, status] of wrong) {
        expect(await statusOf(`${url}/invalidate`, post(body)), JSON.stringify(body)).to.equal(status);
      }
      expect(await find(7)).to.equal(1);
    });
  });

  describe('that explains a key', () => {
    const EXPLAINED = { outcome: 'hit', pattern: 'user:{}' };

    async function explain(
      text: string,
      options: Omit<DashboardOptions, 'cache'> = {},
    ): Promise<Record<string, unknown>> {
      return (await ask(`${await open(options)}/explain`, post({ key: text }))).json();
    }

    async function fill(...keys: readonly CacheKey[]): Promise<void> {
      for (const each of keys) await cache.getOrLoad(each, () => 'secret', { ttl: '1m', tags: ['private'] });
    }

    it('tells what `cache.explain` does, of its pattern, and no value', async () => {
      const part = { a: [1, 'x:y'], b: new Date(5) };
      const long = key`user:${'x'.repeat(600)}`;
      await fill(key`user:${7}`, key`user:${part}`, long, key`order:${1}:line:${2}`);
      expect(await explain('user:7')).to.include({ ...EXPLAINED, key: 'user:7' });
      expect(await explain(key`user:${part}`.text)).to.include(EXPLAINED);
      expect(await explain(long.text)).to.include(EXPLAINED);
      expect(await explain('order:1:line:2')).to.include({ outcome: 'hit', pattern: 'order:{}:line:{}' });
      for (const other of ['order:1', 'user:7:x', 'orders']) {
        expect(await explain(other)).to.include({ outcome: 'miss', pattern: '{others}' });
      }
      expect(JSON.stringify(await explain('user:7')))
        .to.include('private')
        .and.not.to.include('secret');
      expect(cache.stats().patterns, 'nothing is counted that nobody has called').to.have.lengthOf(2);
    });

    it('shows keys and tags as `redactKeys` has them', async () => {
      await fill(key`user:${7}`);
      const text = JSON.stringify(await explain('user:7', { redactKeys: (name) => `<${name.length}>` }));
      expect(text).to.include('"key":"<6>"').and.to.include('"name":"<7>"');
      expect(text).not.to.match(/user:7|private/);
    });

    it('shows what is queued as `redactKeys` has it', async () => {
      const chaos = new ChaosStore();
      cache = createCache({ store: chaos, name: 'away' });
      chaos.fail('invalidate');
      await cache.invalidate(key`user:${7}`);
      const shown = await explain('user:7', { redactKeys: (name) => `<${name.length}>` });
      expect(shown['queued']).to.deep.equal({ keys: ['<6>'], tags: [] });
      await cache.close({ timeout: 0 });
    });

    it('shows what the store has thrown as a sentence, with no key in it', async () => {
      const chaos = new ChaosStore();
      cache = createCache({ store: chaos, name: 'away' });
      chaos.disturb('read', () => Promise.reject(new Error('user:7 is away')));
      const text = JSON.stringify(await explain('user:7', { redactKeys: () => 'hidden' }));
      expect(text).to.include('hidden is away').and.not.to.include('user:7');
    });
  });

  describe('is refused', () => {
    it('without a cache, with two lists of them, or with two of one name', () => {
      const code = 'ERR_CACHE_OPTION_INVALID';
      const run = () => undefined;
      const wrong: readonly (readonly [options: object, ...fragments: string[]])[] = [
        [{}, '`cache`', 'got undefined'],
        [{ cache: {} }, '`cache`', 'got an object'],
        [{ cache, caches: [cache] }, '`cache`', 'left out'],
        [{ caches: [] }, '`caches`', 'got an array of 0'],
        [{ caches: [cache, 7] }, '`caches[1]`', 'got 7'],
        [{ caches: [cache, cache] }, '`caches`', 'different names'],
        [
          {
            cache,
            actions: [
              { name: 'Warm', run },
              { name: 'Warm', run },
            ],
          },
          '`actions[1].name`',
          '"Warm"',
        ],
        [{ cache, path: 'cache' }, '`path`', '"cache"'],
        [{ cache, path: '/cache/' }, '`path`', '"/cache/"'],
      ];
      for (const [options, ...fragments] of wrong) expectCacheError(() => createDashboard(options), code, ...fragments);
    });
  });
});
