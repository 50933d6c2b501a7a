import { expect } from 'chai';
import type { Redis } from 'ioredis';
import { createCache, key } from 'freshkeep';
import { RedisStore } from 'freshkeep/redis';

import { closeRedis, sharedRedis, uniquePrefix } from '../support/redis.js';

const k = key`k`;

describe('What a process writes and then invalidates', () => {
  let client: Redis;

  beforeEach(async () => {
    client = await sharedRedis();
  });

  afterEach(() => {
    closeRedis(client);
  });

  it('is invalidated, though Redis has forgotten all scripts', async () => {
    const cache = createCache({ store: new RedisStore({ client, prefix: uniquePrefix() }) });
    await client.script('FLUSH');
    const set = cache.set(k, 'old', { ttl: '1m' });
    const invalidated = cache.invalidate(k);
    expect(await Promise.all([set, invalidated])).to.deep.equal(['applied', 'applied']);
    expect(await cache.get(k)).to.equal(undefined);
  });
});
