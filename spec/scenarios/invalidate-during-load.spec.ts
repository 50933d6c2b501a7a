import { setTimeout as pause } from 'node:timers/promises';

import { expect } from 'chai';
import { createCache, key, type Cache, type CacheEventName, type WrapOptions } from 'freshkeep';
import { RedisStore } from 'freshkeep/redis';
import type { Redis } from 'ioredis';

import { RedisKeys } from '../../lib/stores/redis/redis-key.js';
import { endWorkers, startWorker } from '../support/cache-worker.js';
import { ControlledLoads } from '../support/controlled-loads.js';
import { Deferred } from '../support/deferred.js';
import { describeInOneDialect } from '../support/dialect.js';
import { closeRedis, sharedRedis, sharedRedisPort, uniquePrefix } from '../support/redis.js';

const K = key`thing:${1}`;

/** A cache with a connection of its own, as another process has. */
interface Party {
  readonly cache: Cache;
  readonly loads: ControlledLoads;
  readonly find: () => Promise<string>;
}

describe('An invalidation during a load, over Redis', () => {
  let prefix: string;
  let redis: Redis;
  let clients: Redis[];

  beforeEach(async () => {
    prefix = uniquePrefix();
    redis = await sharedRedis();
    clients = [redis];
  });

  afterEach(() => {
    closeRedis(...clients);
  });

  async function openParty(policy: Partial<WrapOptions<string, []>> = {}): Promise<Party> {
    const client = await sharedRedis();
    clients.push(client);
    const cache = createCache({ store: new RedisStore({ client, prefix }) });
    const loads = new ControlledLoads();
    return { cache, loads, find: cache.wrap(loads.load, { key: () => K, ttl: '1m', ...policy }) };
  }

  const stored = () => redis.exists(new RedisKeys(prefix).entry(K.text));

  for (const who of ['the same process', 'another process'] as const) {
    it(`by ${who} keeps the old value out of Redis`, async () => {
      const [here, elsewhere] = [await openParty(), await openParty()];
      const call = here.find();
      const load = await here.loads.begun(0);
      const refused = told(here.cache, 'fill-refused');

      const invalidator = who === 'the same process' ? here : elsewhere;
      expect(await invalidator.cache.invalidate(K)).to.equal('applied');
      load.resolve('old');

      expect(await call).to.equal('old');
      await refused;
      expect(await stored()).to.equal(0);
    });

    it(`by ${who} lets a call that starts afterwards get the new value, in either`, async () => {
      const [here, elsewhere] = [await openParty(), await openParty()];
      const before = here.find();
      const load = await here.loads.begun(0);
      const invalidator = who === 'the same process' ? here : elsewhere;
      await invalidator.cache.invalidate(K);

      const afterElsewhere = elsewhere.find();
      const newLoad = await elsewhere.loads.begun(0);
      const afterHere = here.find();
      load.resolve('old');
      newLoad.resolve('new');

      expect(await Promise.all([afterElsewhere, afterHere])).to.deep.equal(['new', 'new']);
      expect(await before).to.equal('old');
      expect(await elsewhere.cache.get(K)).to.equal('new');
    });

    it(`by ${who} keeps the value of a background refresh out of Redis, and the stale one is gone`, async () => {
      const policy = { ttl: '50ms', staleWhileRevalidate: '1m' } as const;
      const [here, elsewhere] = [await openParty(policy), await openParty(policy)];
      const filled = told(here.cache, 'fill');
      const first = here.find();
      (await here.loads.begun(0)).resolve('stale');
      await first;
      await filled;
      await pause(60);
      expect(await here.find()).to.equal('stale');
      const refresh = await here.loads.begun(1);
      const refused = told(here.cache, 'fill-refused');

      const invalidator = who === 'the same process' ? here : elsewhere;
      await invalidator.cache.invalidate(K);
      refresh.resolve('old');
      await refused;

      expect(await stored()).to.equal(0);
      const after = elsewhere.find();
      (await elsewhere.loads.begun(0)).resolve('new');
      expect(await after).to.equal('new');
    });

    it(`by ${who} with \`clear\` keeps the old value out of Redis too`, async () => {
      const [here, elsewhere] = [await openParty(), await openParty()];
      const call = here.find();
      const load = await here.loads.begun(0);
      const refused = told(here.cache, 'fill-refused');
      await (who === 'the same process' ? here : elsewhere).cache.clear();
      load.resolve('old');
      await call;
      await refused;
      expect(await stored()).to.equal(0);
    });
  }

  it('keeps the old value out though the refresh lock was lost during the load', async () => {
    const [here, elsewhere] = [await openParty(), await openParty()];
    const call = here.find();
    const load = await here.loads.begun(0);
    expect(await redis.del(new RedisKeys(prefix).lock(K.text))).to.equal(1);
    await elsewhere.cache.invalidate(K);
    const refused = told(here.cache, 'fill-refused');
    load.resolve('old');

    expect(await call).to.equal('old');
    await refused;
    expect(await stored()).to.equal(0);
  });

  it('lets a load that began after it fill, and none that began before, though neither has the lock', async () => {
    const [here, elsewhere] = [await openParty({ lock: false }), await openParty({ lock: false })];
    const before = here.find();
    const oldLoad = await here.loads.begun(0);
    await elsewhere.cache.invalidate(K);
    const after = elsewhere.find();
    const filled = told(elsewhere.cache, 'fill');
    (await elsewhere.loads.begun(0)).resolve('new');
    await after;
    await filled;
    const refused = told(here.cache, 'fill-refused');
    oldLoad.resolve('old');
    await before;
    await refused;
    expect(await here.cache.get(K)).to.equal('new');
  });

  for (const first of ['old', 'new'] as const) {
    it(`tells two fills by one process around it apart, when the ${first} one ends first`, async () => {
      const here = await openParty();
      const [oldCall, oldLoad] = [here.find(), await here.loads.begun(0)];
      await here.cache.invalidate(K);
      const [newCall, newLoad] = [here.find(), await here.loads.begun(1)];
      const ends = { old: told(here.cache, 'fill-refused'), new: told(here.cache, 'fill') };
      const loads = { old: oldLoad, new: newLoad };

      for (const which of first === 'old' ? (['old', 'new'] as const) : (['new', 'old'] as const)) {
        loads[which].resolve(which);
        await ends[which];
      }

      expect(await Promise.all([oldCall, newCall])).to.deep.equal(['old', 'new']);
      expect(await here.cache.get(K)).to.equal('new');
    });

    it(`tells two fills around it apart in Redis itself, when the ${first} one ends first`, async () => {
      // Beneath the engine, where no flight is detached: the ticket alone decides.
      const store = new RedisStore({ client: redis, prefix });
      const lifetime = { ttl: 60_000, staleWhileRevalidate: 0 };
      await store.open(K.text, 'ticket of the old fill', 60_000);
      await store.invalidate([K.text]);
      await store.open(K.text, 'ticket of the new fill', 60_000);
      const order = first === 'old' ? (['old', 'new'] as const) : (['new', 'old'] as const);
      const results: Record<string, string> = {};
      for (const which of order) {
        results[which] = await store.fill(K.text, `ticket of the ${which} fill`, store.seal(which), { lifetime });
      }
      expect(results).to.deep.equal({ old: 'refused', new: 'filled' });
      expect((await store.read(K.text))?.value).to.equal('new');
    });
  }

  it('starts a caller over that joined a load from before an invalidation elsewhere', async () => {
    const [here, elsewhere] = [await openParty(), await openParty()];
    const before = here.find();
    const oldLoad = await here.loads.begun(0);
    await elsewhere.cache.invalidate(K);
    const joined = told(here.cache, 'coalesced');
    const after = here.find();
    await joined;
    oldLoad.resolve('old');
    (await here.loads.begun(1)).resolve('new');
    expect(await Promise.all([before, after])).to.deep.equal(['old', 'new']);
  });
});

describeInOneDialect('A process that is frozen while it loads', function () {
  this.slow(5_000);
  afterEach(endWorkers);

  it('cannot overwrite what another one filled meanwhile', async () => {
    const redis = await sharedRedis();
    const prefix = uniquePrefix();
    const options = { port: sharedRedisPort(), prefix, ttl: '60000ms', lock: { lease: '300ms' } } as const;
    const [oldLoad, begun] = [new Deferred<string>(), new Deferred()];
    const holder = await startWorker(options, {
      load: () => {
        begun.resolve();
        return oldLoad.promise;
      },
    });
    const other = await startWorker(options, { load: async () => 'new' });
    const call = holder.ask('find', 'a');
    await begun.promise;

    holder.pause();
    oldLoad.resolve('old');
    expect(await other.ask('find', 'a'), 'what the other one loads after the lease').to.equal('new');
    holder.resume();

    expect(await call, 'what the frozen caller gets at last').to.equal('old');
    await holder.ask('closeCache');
    expect(await holder.ask('events'))
      .to.include({ 'fill-refused': 1 })
      .and.not.have.property('fill');
    const store = new RedisStore({ client: redis, prefix });
    expect((await store.read('thing:a'))?.value).to.equal('new');
    closeRedis(redis);
  });
});

/** The next event of this name. */
function told(cache: Cache, name: CacheEventName): Promise<void> {
  return new Promise((resolve) => {
    const listener = () => {
      cache.off(name, listener);
      resolve();
    };
    cache.on(name, listener);
  });
}
