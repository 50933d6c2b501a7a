import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';

import { expect } from 'chai';
import { createCache, key, MemoryStore, TieredStore, type Cache, type CacheKey } from 'freshkeep';
import { classCodec, RedisStore } from 'freshkeep/redis';
import { Cluster } from 'ioredis';

import { describeSharedStoreContract } from '../contracts/shared-store-contract.js';
import { describeRefreshLockContract } from '../contracts/refresh-lock-contract.js';
import { describeStoreContract } from '../contracts/store-contract.js';
import { AgeWatch } from '../support/age-watch.js';
import { CallWatch } from '../support/call-watch.js';
import { describeInOneDialect } from '../support/dialect.js';
import { expectAtMost } from '../support/noise.js';
import { pick } from '../support/random.js';
import { startRedisCluster, type RedisCluster } from '../support/redis-cluster.js';
import { uniquePrefix } from '../support/redis.js';
import { until } from '../support/until.js';

const LONG = { ttl: '10m' } as const;
/** Of a command, by default; and for timers. */
const DEADLINE = 500;
const SLACK = 150;
const HEARTBEAT = 500;

describeInOneDialect('On a Redis Cluster of three masters', function () {
  this.slow(5_000);
  let cluster: RedisCluster;
  const clients: Cluster[] = [];

  before(async () => {
    cluster = await startRedisCluster({ masters: 3, replicasPerMaster: 1 });
  });

  after(() => cluster.stop());

  afterEach(() => {
    for (const client of clients.splice(0)) client.disconnect();
  });

  async function connect(): Promise<Cluster> {
    const client = new Cluster(cluster.nodes);
    client.on('error', () => undefined);
    clients.push(client);
    await until(() => client.status === 'ready');
    return client;
  }

  function nothing(): void {
    // Clients are ended after each spec.
  }

  describeStoreContract('RedisStore', async () => ({
    store: new RedisStore({ client: await connect(), prefix: uniquePrefix(), deadline: '5s' }),
    close: nothing,
  }));

  describeRefreshLockContract('RedlockRefreshLock', async () => ({
    lock: new RedisStore({ client: await connect(), prefix: uniquePrefix() }).lock,
    close: nothing,
  }));

  describeSharedStoreContract('RedisStore', async () => {
    const prefix = uniquePrefix();
    return {
      one: new RedisStore({ client: await connect(), prefix, deadline: '5s' }),
      other: new RedisStore({ client: await connect(), prefix, deadline: '5s' }),
      close: nothing,
    };
  });

  it('values of every kind come back as they were, compressed and with their tags, one by one and in lists', async () => {
    class Item {
      readonly id: number;
      readonly text: string;

      constructor(id: number) {
        this.id = id;
        this.text = 'text '.repeat(id % 2 === 0 ? 1 : 500);
      }
    }
    const prefix = uniquePrefix();
    const classes = [classCodec({ name: 'Item', class: Item })];
    const create = async (): Promise<Cache> => {
      const store = new RedisStore({ client: await connect(), prefix, classes, compressAbove: 1_000 });
      return createCache({ store });
    };
    const [writer, reader] = [await create(), await create()];
    const itemKey = (id: number) => key`item:${id}`;
    const ids = Array.from({ length: 40 }, (_, id) => id);
    const policy = {
      ...LONG,
      staleWhileRevalidate: '10m',
      earlyRefresh: true,
      tags: (id: number) => [`even:${id % 4 === 0}`],
    } as const;
    const load = async (some: readonly number[]) => new Map(some.map((id) => [id, new Item(id)]));
    const noLoad = (): Promise<never> => Promise.reject(new Error('Expected a hit'));
    await writer.wrapMany(load, { key: itemKey, ...policy })(ids);
    await until(async () => (await writer.get(itemKey(39))) !== undefined);

    const one = reader.wrap((_id: number): Promise<Item> => noLoad(), { key: itemKey, ...policy });
    const many = reader.wrapMany((_ids: number[]): Promise<Map<number, Item>> => noLoad(), {
      key: itemKey,
      ...policy,
    });
    const found = [...(await many(ids)).values()];
    assert.deepStrictEqual(
      found,
      ids.map((id) => new Item(id)),
    );
    assert.deepStrictEqual(await Promise.all(ids.map((id) => one(id))), found);
    await writer.invalidateTags('even:true');
    expect(await reader.get(itemKey(4))).to.equal(undefined);
    expect(await reader.get(itemKey(5))).to.deep.equal(new Item(5));
  });

  it('a master that hangs holds up nobody but the first callers of its own keys, until its replica has taken over', async () => {
    const client = await connect();
    const prefix = uniquePrefix();
    const cache = createCache({ store: new RedisStore({ client, prefix }) });
    const changes: string[] = [];
    cache.on('breaker-changed', ({ state, server }) => changes.push(`${server} ${state}`));
    let loads = 0;
    const find = (k: CacheKey): Promise<number> => cache.getOrLoad(k, () => (loads += 1), LONG);
    const keys = Array.from({ length: 60 }, (_, id) => key`thing:${id}`);
    await Promise.all(keys.map(find));
    await pause(50);

    const victim = await cluster.masterOfSlot(await client.cluster('KEYSLOT', `${prefix}:{${keys[0]?.text}}`));
    const address = `127.0.0.1:${cluster.node(victim).port}`;
    const slots = await Promise.all(keys.map((k) => client.cluster('KEYSLOT', `${prefix}:{${k.text}}`)));
    const isOfVictim = (_: unknown, index: number) => client.slots[slots[index] ?? 0]?.[0] === address;
    // By default all masters refuse to work while one of them has no successor yet.
    await configureAll(client, 'cluster-require-full-coverage', 'no');
    const [ofVictim, ofOthers] = [keys.filter(isOfVictim), keys.filter((k, index) => !isOfVictim(k, index))];
    cluster.node(victim).pause();
    const hungAt = performance.now();
    loads = 0;
    const ofLiving = new CallWatch(() => find(pick(ofOthers, Math.random)));
    const first = await slowestOf(ofVictim.slice(0, 3).map((k) => () => find(k)));
    const ofDead = new CallWatch(() => find(pick(ofVictim, Math.random)));
    await pause(300);
    const whileOpen = await ofDead.stop();
    expect(cache.health().breaker).to.equal('open');
    expect(changes).to.deep.equal([`${address} open`]);

    await until(() => cache.health().breaker === 'closed');
    const closedAfter = performance.now() - hungAt;
    const living = await ofLiving.stop();
    await Promise.all(ofVictim.map(find));
    await pause(50);
    loads = 0;
    await Promise.all(keys.map(find));
    cluster.node(victim).resume();
    await cluster.settled();
    await cluster.failOver(await cluster.masterOfSlot(slots[0] ?? 0));
    await configureAll(await connect(), 'cluster-require-full-coverage', 'yes');
    await cache.close();
    console.log(
      `      ${living.calls} calls for keys of others, slowest ${living.slowest.toFixed(1)} ms; for its own: the first ${first.toFixed(0)} ms, then ${whileOpen.calls} calls, slowest ${whileOpen.slowest.toFixed(1)} ms; closed again after ${closedAfter.toFixed(0)} ms`,
    );
    expectAtMost(SLACK, living.slowest);
    expectAtMost(DEADLINE + SLACK, first);
    expectAtMost(SLACK, whileOpen.slowest);
    expect(closedAfter).to.be.lessThan(5_000);
    expect(loads, 'once all was well').to.equal(0);
  });

  async function configureAll(client: Cluster, option: string, value: string): Promise<void> {
    await Promise.all(client.nodes('all').map((node) => node.config('SET', option, value)));
  }

  async function slowestOf(calls: readonly (() => Promise<unknown>)[]): Promise<number> {
    const startedAt = performance.now();
    await Promise.all(calls.map((call) => call()));
    return performance.now() - startedAt;
  }

  describe('two processes with two tiers', () => {
    let prefix: string;
    let here: Cache;
    let there: Cache;
    let version: number;
    let loads: number;
    let ages: AgeWatch;

    beforeEach(async () => {
      prefix = uniquePrefix();
      version = 1;
      loads = 0;
      [here, there] = await Promise.all([create(), create()]);
      for (const cache of [here, there]) cache.on('load', () => (loads += 1));
      ages = new AgeWatch(here, () => version);
    });

    afterEach(async () => {
      await Promise.all([here.close(), there.close()]);
    });

    async function create(): Promise<Cache> {
      const l2 = new RedisStore({ client: await connect(), prefix });
      const cache = createCache({ store: new TieredStore({ l1: new MemoryStore(), l2, heartbeat: `${HEARTBEAT}ms` }) });
      await until(() => cache.health().l1 === 'trusted');
      return cache;
    }

    const KEYS = Array.from({ length: 60 }, (_, id) => key`thing:${id}`);
    const find = (cache: Cache, k: CacheKey): Promise<number> => cache.getOrLoad(k, () => version, LONG);
    const findAll = (cache: Cache): Promise<number[]> => Promise.all(KEYS.map((k) => find(cache, k)));

    /** What a caller sees of the process that does not invalidate. */
    const watchCalls = (): CallWatch =>
      new CallWatch(() => {
        const k = pick(KEYS, Math.random);
        return ages.watch(k, () => find(there, k));
      });

    /** Prints it. */
    async function expectLittleSeen(watch: CallWatch, what: string): Promise<void> {
      const { calls, slowest, failures } = await watch.stop();
      const lost = (await findAll(there)).filter((found) => found !== version).length;
      console.log(
        `      ${what}: ${calls} calls, slowest ${slowest.toFixed(0)} ms, ${loads} loads of ${KEYS.length} keys by 2 processes, oldest value ${ages.oldest.toFixed(0)} ms after its invalidation, invalidations lost ${lost}`,
      );
      expect(failures).to.equal(0);
      expectAtMost(DEADLINE + SLACK, slowest);
      expect(lost, 'invalidations lost').to.equal(0);
      expectAtMost(HEARTBEAT + SLACK, ages.oldest, 'age');
    }

    /** Both have copies of all; then the source changes, `happens`, and one of them invalidates. */
    async function expectAllNew(happens: () => Promise<unknown> = async () => undefined, within = 100): Promise<void> {
      await findAll(here);
      await pause(50);
      expect(new Set(await findAll(there))).to.deep.equal(new Set([version]));
      await happens();
      version += 1;
      while ((await here.invalidate(...KEYS)) === 'queued') await pause(50);
      await pause(within);
      expect(new Set(await findAll(here)), 'here').to.deep.equal(new Set([version]));
      expect(new Set(await findAll(there)), 'there').to.deep.equal(new Set([version]));
    }

    it('see each other’s invalidations of keys in all slots', () => expectAllNew());

    it('see them by `clear`', async () => {
      await findAll(here);
      await pause(50);
      await findAll(there);
      version = 2;
      expect(await here.clear()).to.equal('applied');
      await pause(100);
      expect(new Set([...(await findAll(here)), ...(await findAll(there))])).to.deep.equal(new Set([2]));
    });

    it('see them while the slots of keys, and of the bus, move to another master, half-way and after', async () => {
      const slots = await slotsOf(
        KEYS.slice(0, 3)
          .map((k) => `${prefix}:{${k.text}}`)
          .concat(`${prefix}:bus`),
      );
      const watch = watchCalls();
      const moves: { finish: () => Promise<unknown> }[] = [];
      await expectAllNew(async () => {
        for (const slot of slots) {
          const from = await cluster.masterOfSlot(slot);
          moves.push(await cluster.beginMoveSlot(slot, (from + 1) % 3));
        }
      }, 700);
      await expectAllNew(async () => {
        for (const move of moves) await move.finish();
      }, 700);
      await until(() => here.health().l1 === 'trusted' && there.health().l1 === 'trusted');
      await expectAllNew();
      await expectLittleSeen(watch, `${slots.length} slots moved`);
    });

    it('go on, and lose no invalidation, when a master dies and its replica takes over', async () => {
      const [slot = 0] = await slotsOf([`${prefix}:bus`]);
      const victim = await cluster.masterOfSlot(slot);
      await findAll(here);
      await findAll(there);
      loads = 0;
      const watch = watchCalls();
      const killedAt = performance.now();
      await cluster.killMaster(victim);
      version = 2;
      const invalidated = await here.invalidate(...KEYS);
      expect(new Set(await findAll(here)), 'at once, by the process itself').to.deep.equal(new Set([2]));
      await cluster.successorOf(victim);
      await until(() => here.health().queuedInvalidations === 0);
      await until(() => here.health().l1 === 'trusted' && there.health().l1 === 'trusted');
      const wellAfter = performance.now() - killedAt;
      await expectLittleSeen(
        watch,
        `the invalidation was ${invalidated}, all was well after ${wellAfter.toFixed(0)} ms`,
      );
    });

    async function slotsOf(names: readonly string[]): Promise<number[]> {
      const client = await connect();
      return Promise.all(names.map(async (name) => client.cluster('KEYSLOT', name)));
    }
  });
});
