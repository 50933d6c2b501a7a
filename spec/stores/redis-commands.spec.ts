import assert from 'node:assert/strict';
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
  /** Of each read: how many keys it asked for. */
  readonly keyCounts: number[] = [];

  constructor(connection: Redis, prefix: string) {
    connection.on('monitor', (_time: unknown, args: string[], source: string) => {
      const about = args.some((arg) => arg.startsWith(`${prefix}:`));
      if (!about || source === 'lua') return;
      const command = (args[0] ?? '').toLowerCase();
      this.commands.push(command);
      if (command === 'get' || command === 'mget') this.keyCounts.push(args.length - 1);
    });
  }

  /** Once there come no more: fills, and the releases of locks, are sent when the caller has its answer. */
  async take(client: Redis): Promise<string[]> {
    let seen: number;
    do {
      seen = this.commands.length;
      await client.ping();
      await new Promise((resolve) => setTimeout(resolve, 20));
    } while (this.commands.length > seen);
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
    await cache.invalidate(key`cold`);
    await monitor.take(client);
  });

  afterEach(() => {
    closeRedis(client, watcher);
  });

  /** From then on, reads are expected to come together. */
  async function readTwoTogether(): Promise<void> {
    await Promise.all([cache.get(key`none`), cache.get(key`warm`)]);
    await monitor.take(client);
  }

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

  it('are one for any number of hits of one key in one turn of the event loop, where hits come together', async () => {
    await cache.getOrLoad(k, () => 'value', options);
    await readTwoTogether();
    await Promise.all(Array.from({ length: 100 }, () => cache.getOrLoad(k, () => 'other', options)));
    expect(await monitor.take(client)).to.deep.equal(['mget']);
  });

  it('are one for the reads of a function that loads many, and one load for those that are missing', async () => {
    const asked: (readonly number[])[] = [];
    const load = async (ids: readonly number[]) => (asked.push(ids), new Map(ids.map((id) => [id, `${id}`])));
    const find = cache.wrapMany(load, { key: (id: number) => key`many:${id}`, ...options });
    const ids = Array.from({ length: 100 }, (_, id) => id);
    await find(ids.slice(0, 90));
    await monitor.take(client);
    monitor.keyCounts.splice(0);
    expect((await find(ids)).size).to.equal(100);
    const commands = await monitor.take(client);
    expect(monitor.keyCounts).to.deep.equal([200]);
    expect(asked).to.deep.equal([ids.slice(0, 90), ids.slice(90)]);
    expect(commands.slice(0, 1)).to.deep.equal(['mget']);
    // Of each that is missing: the lock, the ticket, the fill, the lock again.
    expect(commands.slice(1)).to.deep.equal(Array.from({ length: 40 }, () => 'evalsha'));
    expect((await find(ids)).size).to.equal(100);
    expect(await monitor.take(client)).to.deep.equal(['mget']);
  });

  it('are two for the hits of one turn, where they came one by one before: the first goes at once', async () => {
    await cache.getOrLoad(k, () => 'value', options);
    for (let time = 1; time <= 2; time += 1) await cache.getOrLoad(k, () => 'other', options);
    await monitor.take(client);
    monitor.keyCounts.splice(0);
    const find = (id: number) => cache.get(key`none:${id}`);
    const calls = [cache.getOrLoad(k, () => 'other', options), find(1), find(2), find(3)];
    await new Promise(setImmediate);
    expect(await Promise.all(calls)).to.deep.equal(['value', undefined, undefined, undefined]);
    expect(await monitor.take(client)).to.deep.equal(['mget', 'mget']);
    expect(monitor.keyCounts).to.deep.equal([2, 6]);
  });

  it('are sent within the call where hits come one by one, and again so after some that came together', async () => {
    const sent: string[] = [];
    const spied = Object.create(client, {
      get: { value: (name: string) => (sent.push(name), client.get(name)) },
    }) as Redis;
    const store = new RedisStore({ client: spied, prefix });
    const sentWithinCall = async () => {
      const reading = store.read('none', { staleWindow: 'without stale window', tags: [] });
      const count = sent.splice(0).length;
      await reading;
      sent.splice(0);
      return count;
    };
    expect([await sentWithinCall(), await sentWithinCall()]).to.deep.equal([1, 1]);
    await Promise.all([store.read('one'), store.read('other')]);
    expect([await sentWithinCall(), await sentWithinCall()]).to.deep.equal([0, 1]);
  });

  it('are one for all hits of one turn, whatever their keys, each with its own value and its own stale window', async () => {
    const plain = { ttl: '1m' } as const;
    const find = (id: number, value: string) =>
      cache.getOrLoad(key`few:${id}`, () => value, id % 2 === 0 ? plain : options);
    const ids = Array.from({ length: 31 }, (_, id) => id);
    await Promise.all(ids.map((id) => find(id, `value ${id}`)));
    await readTwoTogether();
    monitor.keyCounts.splice(0);
    const found = await Promise.all([...ids, ...ids].map((id) => find(id, 'other')));
    expect(found).to.deep.equal([...ids, ...ids].map((id) => `value ${id}`));
    expect(await monitor.take(client)).to.deep.equal(['mget']);
    expect(monitor.keyCounts).to.deep.equal([16 + 2 * 15]);
  });

  it('are two halves where hits of one turn are of 32 keys or more: one is answered while the other is decoded', async () => {
    const plain = { ttl: '1m' } as const;
    const idOf = (id: number) => key`many:${id}`;
    const find = (id: number, value: string) => cache.getOrLoad(idOf(id), () => value, id % 2 === 0 ? plain : options);
    const ids = Array.from({ length: 50 }, (_, id) => id);
    await Promise.all(ids.map((id) => find(id, `value ${id}`)));
    await readTwoTogether();
    monitor.keyCounts.splice(0);
    const found = await Promise.all([...ids, ...ids].map((id) => find(id, 'other')));
    expect(found).to.deep.equal([...ids, ...ids].map((id) => `value ${id}`));
    expect(await monitor.take(client)).to.deep.equal(['mget', 'mget']);
    expect(monitor.keyCounts).to.deep.equal([13 + 2 * 12, 12 + 2 * 13]);
  });

  it('are one for a key that calls of one turn expect with and without a stale window', async () => {
    await cache.getOrLoad(k, () => 'value', options);
    await readTwoTogether();
    monitor.keyCounts.splice(0);
    const expectations = [{ ttl: '1m' }, options] as const;
    await Promise.all(expectations.map((expected) => cache.getOrLoad(k, () => 'other', expected)));
    expect(await monitor.take(client)).to.deep.equal(['mget']);
    expect(monitor.keyCounts).to.deep.equal([2]);
  });

  it('ask for at most a hundred cache keys each', async () => {
    await readTwoTogether();
    const find = (id: number) => cache.get(key`none:${id}`);
    expect(await Promise.all(Array.from({ length: 250 }, (_, id) => find(id)))).to.deep.equal(
      Array(250).fill(undefined),
    );
    expect(await monitor.take(client)).to.deep.equal(['mget', 'mget', 'mget']);
    expect(monitor.keyCounts.slice(-3)).to.deep.equal([200, 200, 100]);
  });

  it('are sent anew for a read of a later turn, though one of the same key is under way', async () => {
    await cache.getOrLoad(k, () => 'value', options);
    await monitor.take(client);
    const first = cache.get(k);
    await new Promise((resolve) => {
      process.nextTick(resolve);
    });
    const second = cache.get(k);
    expect(await Promise.all([first, second])).to.deep.equal(['value', 'value']);
    expect(await monitor.take(client)).to.deep.equal(['mget', 'mget']);
  });

  it('bring text of any alphabet back whole, however the connection cuts it', async () => {
    const texts = ['äß€😀', '\u0000\u2028\ufeff', '\ufffd'].map((text) => text.repeat(100_000));
    await cache.getOrLoad(k, () => texts, options);
    await monitor.take(client);
    assert.deepStrictEqual(await cache.get(k), texts);
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
    expect(await monitor.take(client)).to.deep.equal(['evalsha']);
  });

  it('leave nothing but the entry and its marker behind', async () => {
    await cache.getOrLoad(k, () => 'value', options);
    await cache.getOrLoad(key`fails`, () => Promise.reject(new Error('x')), options).catch(() => undefined);
    await cache.close();
    expect((await client.keys(`${prefix}:{*`)).sort()).to.deep.equal(
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
