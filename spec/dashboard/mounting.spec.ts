import { createServer } from 'node:http';

import { expect } from 'chai';
import express from 'express';
import { fastify } from 'fastify';
import { createCache, diagnose, MemoryStore, type Cache } from 'freshkeep';
import { createDashboard, fastifyDashboard } from 'freshkeep/dashboard';

import { ask, Servers } from './http.js';

const PAGE = '<title>freshkeep</title>';
const SENT_BY_PAGE = { 'content-type': 'application/json', 'x-freshkeep-dashboard': '1' };
const INVALIDATION = { method: 'POST', headers: SENT_BY_PAGE, body: JSON.stringify({ key: 'user:1' }) };

describe('The dashboard', () => {
  const servers = Servers.forEachSpec();
  let cache: Cache;

  beforeEach(async () => {
    cache = createCache({ store: new MemoryStore(), name: 'users' });
    const find = cache.wrap(async (id: number) => ({ secret: `value ${id}` }), { key: 'user:{0}', ttl: '1m' });
    for (const id of [1, 2, 1, 1]) await find(id);
  });

  /** Everything that the page asks for is there, and that is all there is. */
  async function expectDashboard(mount: string): Promise<void> {
    const page = await ask(`${mount}/`, { headers: { accept: 'text/html,application/json' } });
    expect([page.status, page.text.includes(PAGE)]).to.deep.equal([200, true]);
    const assets = [...page.text.matchAll(/(?:href|src)="([^"]+)"/g)].map(([, address]) => address!);
    expect(assets).to.deep.equal(['icon.svg', 'page.css', 'page.js']);
    for (const asset of [...assets, 'overview', 'pattern?pattern=user:%7B%7D']) {
      expect((await ask(`${mount}/${asset}`)).status, asset).to.equal(200);
    }
    expect((await ask(`${mount}/page.jsx`)).status).to.equal(404);
    const invalidated = await ask(`${mount}/invalidate`, INVALIDATION);
    expect([invalidated.status, invalidated.json()]).to.deep.equal([200, { result: 'applied' }]);
  }

  /** A browser that was sent there sees the page. */
  async function expectSlashAdded(address: string): Promise<void> {
    const moved = await ask(address);
    expect(moved.status).to.equal(308);
    const target = new URL(String(moved.headers['location']), address).href;
    expect(target).to.equal(address.includes('?') ? address.replace('?', '/?') : `${address}/`);
    expect((await ask(target)).text).to.include(PAGE);
  }

  const options = () => ({ cache, allowInvalidation: true });

  it('is a server of its own', async () => {
    await expectDashboard(await servers.listen(createDashboard(options())));
  });

  it('is a part of a server of node:http, which answers everything else', async () => {
    const dashboard = createDashboard({ ...options(), path: '/in/cache' });
    const url = await servers.listen((req, res) => {
      dashboard(req, res, () => res.end('ours'));
    });
    await expectDashboard(`${url}/in/cache`);
    await expectSlashAdded(`${url}/in/cache`);
    await expectSlashAdded(`${url}/in/cache?x=1`);
    for (const path of ['/', '/in', '/in/', '/in/caches', '/other/in/cache/']) {
      expect((await ask(`${url}${path}`)).text, path).to.equal('ours');
    }
  });

  it('has no part in what goes wrong elsewhere', async () => {
    const dashboard = createDashboard({ ...options(), path: '/cache' });
    const url = await servers.listen((req, res) => {
      try {
        dashboard(req, res, () => {
          throw new Error('ours');
        });
      } catch (error) {
        res.writeHead(503).end(String(error));
      }
    });
    const answer = await ask(`${url}/other`);
    expect([answer.status, answer.text]).to.deep.equal([503, 'Error: ours']);
  });

  it('answers 404 elsewhere, where nobody else is there', async () => {
    const url = await servers.listen(createDashboard({ ...options(), path: '/cache' }));
    expect((await ask(`${url}/other`)).status).to.equal(404);
  });

  for (const [title, path] of [
    ['knows where', undefined],
    ['was told where', '/in/cache'],
  ] as const) {
    it(`is mounted in Express, and ${title}, before and after bodies are parsed`, async () => {
      for (const parsers of [[], [express.json()]]) {
        const app = express();
        app.use(...parsers, (_req, _res, next) => {
          next();
        });
        app.use('/in/cache', createDashboard({ ...options(), ...(path === undefined ? {} : { path }) }));
        app.get('/in/other', (_req, res) => void res.send('ours'));
        const url = await servers.listen(app);
        await expectDashboard(`${url}/in/cache`);
        await expectSlashAdded(`${url}/in/cache`);
        expect((await ask(`${url}/in/other`)).text).to.equal('ours');
      }
    });
  }

  it('is mounted in a router of a router of Express', async () => {
    const [outer, inner] = [express.Router(), express.Router()];
    inner.use('/cache', createDashboard(options()));
    outer.use('/b', inner);
    const url = await servers.listen(express().use('/a', outer));
    await expectDashboard(`${url}/a/b/cache`);
    await expectSlashAdded(`${url}/a/b/cache`);
  });

  it('is a plugin of Fastify, within its hooks', async () => {
    let seen = 0;
    const server = fastify({ serverFactory: (handler) => createServer(handler) });
    server.addHook('onRequest', async () => {
      seen += 1;
    });
    await server.register(fastifyDashboard(options()), { prefix: '/in/cache' });
    server.post('/in/other', async ({ body }) => ({ ours: body }));
    const url = await server.listen({ port: 0, host: '127.0.0.1' });
    try {
      await expectDashboard(`${url}/in/cache`);
      await expectSlashAdded(`${url}/in/cache`);
      const own = await ask(`${url}/in/other`, { ...INVALIDATION, body: '[1]' });
      expect(own.json(), 'bodies elsewhere are parsed as before').to.deep.equal({ ours: [1] });
      expect(seen).to.be.greaterThan(7);
    } finally {
      await server.close();
    }
  });

  it('is a plugin of Fastify where the URL was rewritten', async () => {
    const server = fastify({
      serverFactory: (handler) => createServer(handler),
      rewriteUrl: ({ url = '' }) => url.replace(/^\/tenant-a/, ''),
    });
    await server.register(fastifyDashboard(options()), { prefix: '/cache' });
    const url = await server.listen({ port: 0, host: '127.0.0.1' });
    try {
      for (const mount of ['/tenant-a/cache', '/cache']) {
        await expectDashboard(`${url}${mount}`);
        await expectSlashAdded(`${url}${mount}`);
        await expectSlashAdded(`${url}${mount}?x=1`);
      }
    } finally {
      await server.close();
    }
  });

  it('is a plugin of Fastify at the root, and below a prefix with parameters, in whatever case it is asked for', async () => {
    const server = fastify({
      routerOptions: { caseSensitive: false },
      serverFactory: (handler) => createServer(handler),
    });
    await server.register(fastifyDashboard(options()), { prefix: '/' });
    await server.register(fastifyDashboard(options()), { prefix: '/:shop/cache' });
    const url = await server.listen({ port: 0, host: '127.0.0.1' });
    try {
      await expectDashboard(url);
      for (const mount of ['/shop-7/cache', '/shop%2F7/Cache']) {
        await expectDashboard(`${url}${mount}`);
        await expectSlashAdded(`${url}${mount}?x=1`);
      }
    } finally {
      await server.close();
    }
  });

  it('never sends a browser to another server when it adds the slash', async () => {
    const app = express();
    app.use('/:tenant', createDashboard(options()));
    const url = await servers.listen(app);
    for (const tenant of ['javascript:alert(1)', '%2f%2fexample.org', 'example.org']) {
      const { headers } = await ask(`${url}/${tenant}`);
      expect(new URL(String(headers['location']), `${url}/${tenant}`).href).to.equal(`${url}/${tenant}/`);
    }
  });

  it('gives figures and findings as JSON to programs, for one cache as they are, for several in a list', async () => {
    const accept = { headers: { accept: 'application/json' } };
    const one = (await ask(`${await servers.listen(createDashboard({ cache }))}/`, accept)).json();
    const stats = one['stats'] as ReturnType<Cache['stats']>;
    expect(stats.patterns).to.deep.equal(JSON.parse(JSON.stringify(cache.stats().patterns)));
    expect(one['findings']).to.deep.equal(diagnose(stats));

    const orders = createCache({ store: new MemoryStore(), name: 'orders' });
    const url = await servers.listen(createDashboard({ caches: [cache, orders] }));
    const both = (await ask(`${url}/`, accept)).json() as unknown as { stats: { cache: string } }[];
    expect(both.map((each) => each.stats.cache)).to.deep.equal(['users', 'orders']);
    expect((await ask(`${url}/overview`)).json()).to.include({ cache: 'users' });
    expect((await ask(`${url}/overview?cache=orders`)).json()).to.include({ cache: 'orders' });
    expect((await ask(`${url}/overview?cache=constructor`)).status).to.equal(404);
  });

  it('compresses what is long, for those who can read that', async () => {
    const url = await servers.listen(createDashboard({ cache }));
    const plain = await ask(`${url}/page.js`);
    expect(plain.headers).not.to.have.property('content-encoding');
    for (const [accepted, packed] of [
      ['gzip, br', true],
      ['br;q=1, gzip;q=0.5', true],
      ['gzip;q=0', false],
      ['br', false],
    ] as const) {
      const response = await fetch(`${url}/page.js`, { headers: { 'accept-encoding': accepted } });
      expect(response.headers.get('content-encoding') === 'gzip', accepted).to.equal(packed);
      expect(await response.text()).to.equal(plain.text);
      if (packed) expect(Number(response.headers.get('content-length'))).to.be.lessThan(plain.text.length / 2);
    }
  });

  it('sends no value and no key, whatever it is asked for', async () => {
    const url = await servers.listen(createDashboard(options()));
    const accept = 'application/json';
    const asked = ['/', '/overview', '/pattern?pattern=user:%7B%7D'];
    const answers = await Promise.all(asked.map((path) => ask(`${url}${path}`, { headers: { accept } })));
    const explained = await ask(`${url}/explain`, { ...INVALIDATION });
    for (const { text } of [...answers, explained]) expect(text).to.match(/user:/).and.not.to.include('secret');
    for (const { text } of answers) expect(text).not.to.match(/user:[12]/);
  });

  it('collects figures at most twice a second, however many ask', async () => {
    const url = await servers.listen(createDashboard({ cache }));
    const times = await Promise.all(
      Array.from({ length: 20 }, async () => (await ask(`${url}/overview`)).json()['countedFor']),
    );
    expect(new Set(times).size).to.be.within(1, 2);
  });
});
