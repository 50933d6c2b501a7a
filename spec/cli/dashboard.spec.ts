import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { expect } from 'chai';
import { createCache, key, MemoryStore, type Cache } from 'freshkeep';
import { createDashboard, type DashboardOptions } from 'freshkeep/dashboard';

import { cli, cliJson } from './cli.js';

interface Doctored {
  readonly caches: readonly { readonly cache: string; readonly calls: number }[];
}

describe('The command line tool and the dashboard', () => {
  let caches: Cache[];
  let server: Server | undefined;

  beforeEach(async () => {
    caches = ['shop', 'blog'].map((name) => createCache({ store: new MemoryStore(), name }));
    for (const cache of caches) await cache.getOrLoad(key`user:${7}`, () => ({ id: 7 }), { ttl: '1m' });
  });

  afterEach(async () => {
    server?.closeAllConnections();
    server?.close();
    await Promise.all(caches.map((cache) => cache.close()));
  });

  async function serve(options: DashboardOptions): Promise<string> {
    server = createServer(createDashboard(options)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  }

  it('agree on what one cache, and several, are answered with', async () => {
    const several = await cliJson<Doctored>('doctor', await serve({ caches }));
    expect(several.caches.map(({ cache, calls }) => [cache, calls])).to.deep.equal([
      ['shop', 1],
      ['blog', 1],
    ]);
    server?.closeAllConnections();
    server?.close();
    const [cache] = caches as [Cache, Cache];
    const one = await cliJson<Doctored>('doctor', await serve({ cache }));
    expect(one.caches.map((each) => each.cache)).to.deep.equal(['shop']);
  });

  it('agree on the address that people are told, which is the mount, with and without its slash', async () => {
    const root = await serve({ caches, path: '/admin/cache' });
    for (const path of ['admin/cache', 'admin/cache/']) {
      const { caches: found } = await cliJson<Doctored>('doctor', root + path);
      expect(found).to.have.length(2);
    }
  });

  it('agree on who is let in', async () => {
    const [cache] = caches as [Cache, Cache];
    const authorize: DashboardOptions['authorize'] = ({ headers }) => headers.authorization === 'Bearer t0ken';
    const url = await serve({ cache, authorize });
    const { code, stdout, stderr } = await cli('doctor', url);
    expect([code, stdout]).to.deep.equal([3, '']);
    expect(stderr)
      .to.match(/answers 40[13]/)
      .and.include('--header');
    const letIn = await cli('doctor', url, '--header', 'authorization: Bearer t0ken');
    expect(letIn).to.include({ code: 0, stderr: '' });
    const top = await cli(...['top', url, '--once', '--interval', '600ms', '--header', 'authorization: Bearer t0ken']);
    expect(top.stdout).to.match(/^user:\{\} +0 /m);
  });
});
