import { readFileSync } from 'node:fs';

import { expect } from 'chai';
import { createCache, key, MemoryStore, TieredStore, type Cache } from 'freshkeep';
import { RedisStore } from 'freshkeep/redis';
import { Redis, type RedisOptions } from 'ioredis';

import { closeRedis, sharedRedis, sharedRedisPort, uniquePrefix } from '../support/redis.js';
import { until } from '../support/until.js';

const k = key`k`;
const LONG = { ttl: '1m' } as const;

describe('The bus over Redis', () => {
  let prefix: string;
  const clients: Redis[] = [];
  const caches: Cache[] = [];

  beforeEach(() => {
    prefix = uniquePrefix();
  });

  afterEach(async () => {
    await Promise.all(caches.splice(0).map((cache) => cache.close()));
    closeRedis(...clients.splice(0));
  });

  function create(options: Omit<RedisOptions, 'replyMapping'> = {}): { readonly cache: Cache; readonly client: Redis } {
    const client = new Redis({ port: sharedRedisPort(), host: '127.0.0.1', ...options });
    client.on('error', () => undefined);
    clients.push(client);
    const cache = createCache({
      store: new TieredStore({ l1: new MemoryStore(), l2: new RedisStore({ client, prefix }), heartbeat: '200ms' }),
    });
    caches.push(cache);
    return { cache, client };
  }

  async function trusted(...of: readonly Cache[]): Promise<void> {
    await until(() => of.every((cache) => cache.health().l1 === 'trusted'));
  }

  for (const options of [
    { protocol: 2 },
    { enableAutoPipelining: true },
    { stringNumbers: true },
    { enableOfflineQueue: false },
    { maxRetriesPerRequest: null },
    { db: 3 },
  ] as const) {
    it(`works between clients with ${JSON.stringify(options)}`, async () => {
      const [here, there] = [create(options).cache, create(options).cache];
      await trusted(here, there);
      let version = 1;
      const find = (cache: Cache) => cache.getOrLoad(k, () => version, LONG);
      await find(here);
      await until(async () => (await find(there)) === 1);
      version = 2;
      expect(await here.invalidate(k)).to.equal('applied');
      await until(async () => (await find(there)) === 2);
      // A machine that is busy for longer than a heartbeat lets trust end for a moment.
      await trusted(here);
      expect(here.health()).to.deep.include({ breaker: 'closed', queuedInvalidations: 0 });
    });
  }

  it('of one database tells nothing to those of another', async () => {
    const [zero, one] = [create({ db: 0 }).cache, create({ db: 1 }).cache];
    await trusted(zero, one);
    const told: unknown[] = [];
    zero.on('invalidated-elsewhere', (event) => told.push(event)).on('copies-dropped', (event) => told.push(event));
    for (let time = 1; time <= 5; time += 1) await one.invalidate(k);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(told).to.deep.equal([]);
  });

  it('tells, once, why it cannot work, and calls are answered all the same', async () => {
    const admin = await sharedRedis();
    clients.push(admin);
    const rights = ['+@read', '+@write', '+@scripting', '+ping', '+info'];
    await admin.call('ACL', 'SETUSER', prefix, 'reset', 'on', '>secret', `~${prefix}:*`, ...rights);
    const { cache } = create({ username: prefix, password: 'secret' });
    const failures: string[] = [];
    cache.on('store-failed', ({ operation, error }) => failures.push(`${operation} ${String(error)}`));
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    expect(failures).to.have.length(1);
    expect(failures[0]).to.match(/^bus ReplyError: NOPERM/);
    expect(cache.health()).to.deep.include({ l1: 'not trusted', bus: { state: 'disconnected', lag: 'unknown' } });
    expect(await cache.getOrLoad(k, () => 'value', LONG)).to.equal('value');
    expect(await cache.invalidate(k)).to.equal('applied');
    await admin.call('ACL', 'DELUSER', prefix);
  });

  it('works, and so do tags, with the rights that docs/operations.md names', async () => {
    const [, line = ''] = /`~shop:\* &shop:\* ([^`]+)`/.exec(readFileSync('docs/operations.md', 'utf8')) ?? [];
    const admin = await sharedRedis();
    clients.push(admin);
    await admin.call(
      'ACL',
      'SETUSER',
      prefix,
      'reset',
      'on',
      '>secret',
      `~${prefix}:*`,
      `&${prefix}:*`,
      ...line.split(' '),
    );
    const { cache } = create({ username: prefix, password: 'secret' });
    const failures: string[] = [];
    cache.on('store-failed', ({ operation, error }) => failures.push(`${operation} ${String(error)}`));
    await trusted(cache);
    const find = (value: string) => cache.getOrLoad(k, () => value, { ...LONG, tags: ['all'] });
    expect([await find('old'), await find('new')]).to.deep.equal(['old', 'old']);
    expect(await cache.invalidateTags('all')).to.equal('applied');
    expect(await find('new')).to.equal('new');
    expect(failures).to.deep.equal([]);
    await admin.call('ACL', 'DELUSER', prefix);
  });

  it('leaves it to its owner to connect a client made with `lazyConnect`', async () => {
    const { cache, client } = create({ lazyConnect: true });
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(client.status).to.equal('wait');
    await client.connect();
    await trusted(cache);
  });

  it('listens by a connection that is closed with the cache', async () => {
    const { cache, client } = create();
    await trusted(cache);
    const subscribers = async () => Number(((await client.call('PUBSUB', 'NUMSUB', `${prefix}:bus`)) as unknown[])[1]);
    expect(await subscribers()).to.equal(1);
    await cache.close();
    await until(async () => (await subscribers()) === 0);
    expect(cache.health()).to.deep.include({ l1: 'not trusted' });
  });
});
