import { gunzipSync, gzipSync } from 'node:zlib';

import { expect } from 'chai';
import type { Redis } from 'ioredis';
import sinon from 'sinon';
import { createCache, key } from 'freshkeep';
import { FaithfulSerializer, RedisStore } from 'freshkeep/redis';

import { closeRedis, sharedRedis, uniquePrefix } from '../support/redis.js';
import { until } from '../support/until.js';

/** Overrides what `deserializeText` has to agree with, and not that. */
class Zipping extends FaithfulSerializer {
  override readonly id = 'zip';

  override serialize(value: unknown): Buffer {
    return gzipSync(super.serialize(value));
  }

  override deserialize(bytes: Buffer): unknown {
    return super.deserialize(gunzipSync(bytes));
  }
}

describe('Reads of a RedisStore that travel together', () => {
  let client: Redis;

  beforeEach(async () => {
    client = await sharedRedis();
  });

  afterEach(() => {
    closeRedis(client);
  });

  it('are bytes for a serializer whose text is that of another class', async () => {
    const cache = createCache({ store: new RedisStore({ client, prefix: uniquePrefix(), serializer: new Zipping() }) });
    const find = (value: string) => cache.getOrLoad(key`k`, () => value, { ttl: '1m' });
    await find('value');
    await cache.close();
    expect(await find('other')).to.equal('other');
    expect(await cache.get(key`k`)).to.equal('value');
  });

  it('are one command for a function that loads many, even where none was expected to follow the first', async () => {
    const cache = createCache({ store: new RedisStore({ client, prefix: uniquePrefix() }) });
    const find = cache.wrapMany(async (ids: readonly number[]) => new Map(ids.map((id) => [id, `value ${id}`])), {
      key: (id: number) => key`many:${id}`,
      ttl: '1m',
    });
    await find([1, 2, 3]);
    await until(async () => (await cache.get(key`many:${3}`)) !== undefined);
    const commands = sinon.spy(client, 'sendCommand');
    expect((await find([1, 2, 3])).size).to.equal(3);
    expect(commands.args.map(([{ name }]) => name)).to.deep.equal(['mget']);
  });

  it('do not suffer from one another: where telling of one entry fails, the others are answered', async () => {
    const prefix = uniquePrefix();
    const store = new RedisStore({ client, prefix });
    const own = new Error('own');
    store.observe({
      entryUnreadable() {
        throw own;
      },
    });
    await client.set(`${prefix}:{bad}`, 'junk');
    const outcomes = await Promise.allSettled([store.read('none'), store.read('bad'), store.read('absent')]);
    expect(outcomes).to.deep.equal([
      { status: 'fulfilled', value: undefined },
      { status: 'rejected', reason: own },
      { status: 'fulfilled', value: undefined },
    ]);
  });

  for (const [title, mget] of [
    [
      'throws',
      () => {
        throw new Error('own');
      },
    ],
    ['answers with nothing', () => undefined],
    ['answers with what is no list', () => Promise.resolve(null)],
  ] as const) {
    it(`reject where a client ${title}`, async () => {
      const broken = Object.create(client, { mget: { value: mget } }) as Redis;
      const store = new RedisStore({ client: broken, prefix: uniquePrefix() });
      const outcomes = await Promise.allSettled([store.read('one'), store.read('other')]);
      expect(outcomes.map(({ status }) => status)).to.deep.equal(['rejected', 'rejected']);
    });
  }
});
