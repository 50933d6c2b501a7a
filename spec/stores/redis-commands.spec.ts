import { once } from 'node:events';

import { expect } from 'chai';
import { Redis } from 'ioredis';
import { createCache, key, type Cache } from 'freshkeep';
import { RedisStore } from 'freshkeep/redis';

import { closeRedis, sharedRedis, sharedRedisPort, uniquePrefix } from '../support/redis.js';

const k = key`k`;
const options = { ttl: '1m', staleWhileRevalidate: '1m' } as const;

/** Commands that clients sent about one prefix; what scripts do inside the server is left out. */
class Monitor {
  readonly commands: string[] = [];
  /** Of each MGET: how many keys it asked for. */
  readonly keyCounts: number[] = [];

  constructor(connection: Redis, prefix: string) {
    connection.on('monitor', (_time: unknown, args: string[], source: string) => {
      const about = args.some((arg) => arg.startsWith(`${prefix}:`));
      if (!about || source === 'lua') return;
      const command = (args[0] ?? '').toLowerCase();
      this.commands.push(command);
      if (command === 'mget') this.keyCounts.push(args.length - 1);
    });
  }

  async take(client: Redis): Promise<string[]> {
    await client.ping();
    await new Promise((resolve) => setTimeout(resolve, 20));
    return this.commands.splice(0);
  }
}

describe('The commands that Redis gets', () => {
  let client: Redis;
  let watcher: Redis;
  let monitor: Monitor;
  let cache: Cache;
  let prefix: string;

  beforeEach(async () => {
    prefix = uniquePrefix();
    client = await sharedRedis();
    const plain = new Redis(sharedRedisPort(), '127.0.0.1');
    await once(plain, 'ready');
    watcher = await plain.monitor();
    plain.disconnect();
    monitor = new Monitor(watcher, prefix);
    cache = createCache({ store: new RedisStore({ client, prefix }) });
    // Scripts that the server does not know yet are sent twice.
    await cache.getOrLoad(key`warm`, () => 1, options);
    await cache.getOrLoad(key`warm`, () => 1, options);
    await monitor.take(client);
  });

  afterEach(() => {
    closeRedis(client, watcher);
  });

  it('are one for a hit', async () => {
    await cache.getOrLoad(k, () => 'value', options);
    await monitor.take(client);
    expect(await cache.getOrLoad(k, () => 'other', options)).to.equal('value');
    expect(await monitor.take(client)).to.deep.equal(['mget']);
  });

  it('are one, of one key, for a hit where no stale window is expected; and one more where there is one all the same', async () => {
    const plain = { ttl: '1m' } as const;
    await cache.getOrLoad(key`plain`, () => 'value', plain);
    await cache.getOrLoad(k, () => 'value', options);
    await monitor.take(client);
    monitor.keyCounts.splice(0);
    await cache.getOrLoad(key`plain`, () => 'other', plain);
    await monitor.take(client);
    expect(monitor.keyCounts.splice(0)).to.deep.equal([1]);
    await cache.getOrLoad(k, () => 'other', plain);
    await monitor.take(client);
    expect(monitor.keyCounts.splice(0)).to.deep.equal([1, 2]);
  });

  it('are one for any number of hits of one key in one turn of the event loop', async () => {
    await cache.getOrLoad(k, () => 'value', options);
    await monitor.take(client);
    await Promise.all(Array.from({ length: 100 }, () => cache.getOrLoad(k, () => 'other', options)));
    expect(await monitor.take(client)).to.deep.equal(['mget']);
  });

  it('take two round trips before the load of a miss: read; then lock and ticket together', async () => {
    let before: string[] = [];
    await cache.getOrLoad(
      k,
      async () => {
        before = await monitor.take(client);
        return 'value';
      },
      options,
    );
    expect(before).to.deep.equal(['mget', 'evalsha', 'evalsha']);
    // The caller did not wait for these two: the fill, and the lock given back.
    expect(await monitor.take(client)).to.deep.equal(['evalsha', 'evalsha']);
  });

  it('are one for an invalidation, of however many keys', async () => {
    await cache.invalidate(k, key`other`, key`third`);
    expect(await monitor.take(client)).to.deep.equal(['unlink']);
  });

  it('leave nothing but the entry and its marker behind', async () => {
    await cache.getOrLoad(k, () => 'value', options);
    await cache.getOrLoad(key`fails`, () => Promise.reject(new Error('x')), options).catch(() => undefined);
    await cache.close();
    expect((await client.keys(`${prefix}:*`)).sort()).to.deep.equal(
      ['{k}', '{k}:fresh', '{warm}', '{warm}:fresh'].map((name) => `${prefix}:${name}`),
    );
  });

  it('go to one slot of a Cluster for all that belongs to one key', async () => {
    let names: string[] = [];
    await cache.getOrLoad(k, async () => ((names = await client.keys(`${prefix}:{k}*`)), 'value'), options);
    await cache.close();
    names.push(...(await client.keys(`${prefix}:{k}*`)));
    expect(names.sort()).to.deep.equal(
      ['{k}', '{k}:fresh', '{k}:lock', '{k}:tickets'].map((name) => `${prefix}:${name}`),
    );
    expect(new Set(names.map((name) => /\{(.*?)\}/.exec(name)?.[1]))).to.deep.equal(new Set(['k']));
  });
});
