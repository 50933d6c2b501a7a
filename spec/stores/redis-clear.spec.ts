import { expect } from 'chai';
import type { Redis } from 'ioredis';
import { RedisStore } from 'freshkeep/redis';

import { closeRedis, sharedRedis, uniquePrefix } from '../support/redis.js';

const LIFETIME = { ttl: 60_000, staleWhileRevalidate: 0 };

describe('Clearing a RedisStore', () => {
  let client: Redis;
  let store: RedisStore;
  let prefix: string;

  beforeEach(async () => {
    client = await sharedRedis();
    prefix = uniquePrefix();
    store = new RedisStore({ client, prefix });
  });

  afterEach(() => {
    closeRedis(client);
  });

  it('removes what a load from before it filled while the keys were being looked through', async () => {
    await store.open('k', 'ticket', 10_000);
    const scan = client.scan.bind(client) as (...args: unknown[]) => Promise<[string, string[]]>;
    let scans = 0;
    client.scan = async (...args: unknown[]) => {
      const page = await scan(...args);
      scans += 1;
      // The entry comes after the page was made, and takes its ticket out of the way before that is removed.
      if (scans === 1) await store.fill('k', 'ticket', store.seal('old'), { lifetime: LIFETIME });
      return page;
    };
    await store.clear();
    expect(await store.read('k')).to.equal(undefined);
  });

  it('leaves the keys of other prefixes alone, even of one that begins alike', async () => {
    const [longer, foreign] = [new RedisStore({ client, prefix: `${prefix}2` }), `${prefix}:other`];
    await longer.set('k', longer.seal('kept'), { lifetime: LIFETIME });
    await client.set(foreign, 'kept', 'EX', 60);
    await store.set('k', store.seal('gone'), { lifetime: LIFETIME });
    await store.clear();
    expect([await store.read('k'), (await longer.read('k'))?.value, await client.get(foreign)]).to.deep.equal([
      undefined,
      'kept',
      'kept',
    ]);
  });

  it('removes more keys than one page holds', async () => {
    for (let n = 0; n < 1_500; n += 1) void store.set(`k:${n}`, store.seal(n), { lifetime: LIFETIME });
    await store.clear();
    expect(await client.keys(`${prefix}:{*`)).to.deep.equal([]);
  });
});
