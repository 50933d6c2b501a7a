import assert from 'node:assert/strict';

import { expect } from 'chai';
import { createCache, key, MemoryStore, TieredStore, type Cache } from 'freshkeep';
import { FaithfulSerializer, RedisStore, type RedisStoreOptions } from 'freshkeep/redis';
import type { Redis } from 'ioredis';

import { EntryCodec } from '../../lib/stores/redis/entry-codec.js';
import { OpenedPayload } from '../../lib/stores/redis/opened-payload.js';
import { RecentPayloads } from '../../lib/stores/redis/recent-payloads.js';
import { Deferred } from '../support/deferred.js';
import { closeRedis, sharedRedis, uniquePrefix } from '../support/redis.js';

const k = key`k`;

/** Tells how often a value is parsed. */
class Counting extends FaithfulSerializer {
  parsed = 0;

  override deserialize(bytes: Buffer): unknown {
    return this.deserializeText(bytes.toString());
  }

  override deserializeText(text: string): unknown {
    this.parsed += 1;
    return super.deserializeText(text);
  }

  override mayDuplicate(body: Buffer | string): boolean {
    return super.mayDuplicate(body);
  }

  override duplicate(value: unknown): unknown {
    return super.duplicate(value);
  }
}

/** Overrides what `duplicate` has to agree with, and not that. */
class Tagging extends FaithfulSerializer {
  override deserialize(bytes: Buffer): unknown {
    return new Set([super.deserialize(bytes)]);
  }
}

describe('A value that Redis still has as it was', () => {
  let client: Redis;
  let prefix: string;
  let serializer: Counting;

  beforeEach(async () => {
    client = await sharedRedis();
    prefix = uniquePrefix();
    serializer = new Counting();
  });

  afterEach(() => {
    closeRedis(client);
  });

  function cacheWith(options: Partial<RedisStoreOptions> = {}): Cache {
    return createCache({ store: new RedisStore({ client, prefix, serializer, ...options }) });
  }

  async function readTimes(cache: Cache, times: number): Promise<void> {
    for (let time = 1; time <= times; time += 1) await cache.get(k);
  }

  it('is parsed no more, once it was read a few times', async () => {
    const cache = cacheWith();
    await cache.set(k, { a: [1, { b: null }] }, { ttl: '1m' });
    await readTimes(cache, 10);
    const parsed = serializer.parsed;
    expect(parsed).to.be.at.most(4);
    expect(await cache.get(k)).to.deep.equal({ a: [1, { b: null }] });
    expect(serializer.parsed).to.equal(parsed);
  });

  it('is parsed each time where nothing is to be remembered', async () => {
    const cache = cacheWith({ decodedBytes: 0 });
    await cache.set(k, { a: 1 }, { ttl: '1m' });
    await readTimes(cache, 10);
    expect(serializer.parsed).to.equal(10);
  });

  it('is parsed once for all callers of one turn', async () => {
    const cache = cacheWith({ decodedBytes: 0 });
    await cache.set(k, { a: [1] }, { ttl: '1m' });
    await Promise.all([cache.get(k), cache.get(k)]);
    serializer.parsed = 0;
    const found = await Promise.all(Array.from({ length: 10 }, () => cache.get<{ a: number[] }>(k)));
    expect(serializer.parsed).to.equal(1);
    for (const { a } of found as { a: number[] }[]) a.push(a.length);
    expect(found).to.deep.equal(Array.from({ length: 10 }, () => ({ a: [1, 1] })));
  });

  it('is each caller’s own, whatever that one does to it', async () => {
    const cache = cacheWith();
    const value = { list: [{ n: 1 }], deep: { er: { s: 'x' } } };
    await cache.set(k, value, { ttl: '1m' });
    for (let time = 1; time <= 6; time += 1) {
      const found = await cache.get<typeof value>(k);
      expect(found).to.deep.equal(value);
      found!.list[0]!.n = 2;
      found!.list.push({ n: 3 });
      found!.deep.er.s = 'y';
      Object.assign(found!, { more: true });
    }
  });

  it('is each caller’s own in two tiers, where callers of one turn find it stale', async () => {
    const l2 = new RedisStore({ client, prefix, serializer });
    const cache = createCache({ store: new TieredStore({ l1: new MemoryStore(), l2 }) });
    const slow = new Deferred<{ list: number[] }>();
    let loads = 0;
    const find = cache.wrap(() => ((loads += 1) === 1 ? Promise.resolve({ list: [0] }) : slow.promise), {
      key: 'tiers',
      ttl: '30ms',
      staleWhileRevalidate: '1m',
    });
    await find();
    while (loads < 2) {
      const found = await Promise.all(Array.from({ length: 5 }, find));
      if (loads < 2) continue;
      for (const { list } of found) list.push(list.length);
      expect(found).to.deep.equal(Array.from({ length: 5 }, () => ({ list: [0, 1] })));
    }
    slow.resolve({ list: [] });
    await cache.close();
  });

  it('is not taken for the one that was stored since, with the same length or another one', async () => {
    const cache = cacheWith();
    for (const value of ['aaa', 'bbb', 'aaaa', 'aaa', { n: 1 }, { n: 2 }]) {
      await cache.set(k, value, { ttl: '1m' });
      await readTimes(cache, 3);
      expect(await cache.get(k)).to.deep.equal(value);
    }
    await cache.invalidate(k);
    expect(await cache.get(k)).to.equal(undefined);
  });

  it('is whole where it has a property `__proto__`, Dates, Maps, or no properties', async () => {
    const cache = cacheWith();
    const hostile: unknown = JSON.parse('{"__proto__":{"polluted":[1]},"constructor":null}');
    for (const value of [
      hostile,
      { at: new Date(0), map: new Map([[1, { a: 1 }]]) },
      {},
      [],
      [[], [[]]],
      null,
      0,
      '',
    ]) {
      await cache.set(k, value, { ttl: '1m' });
      for (let time = 1; time <= 6; time += 1) assert.deepStrictEqual(await cache.get(k), value);
    }
    expect(({} as { polluted?: unknown }).polluted).to.equal(undefined);
  });

  it('is as whole where it is compressed, or stale, or has tags', async () => {
    const value = { text: 'x'.repeat(5_000), list: [1] };
    const cache = cacheWith({ compressAbove: 1_000 });
    await cache.set(k, value, { ttl: '1m', staleWhileRevalidate: '1m', tags: ['t'] });
    for (let time = 1; time <= 6; time += 1) {
      const found = await cache.get<typeof value>(k);
      expect(found).to.deep.equal(value);
      found!.list.push(2);
    }
    expect(serializer.parsed).to.be.at.most(4);
    await cache.invalidateTags('t');
    expect(await cache.get(k)).to.equal(undefined);
  });

  it('is deserialized each time by a class that overrides that alone', async () => {
    const cache = cacheWith({ serializer: new Tagging() });
    await cache.set(k, { a: 1 }, { ttl: '1m' });
    const found = [];
    for (let time = 1; time <= 6; time += 1) found.push(await cache.get(k));
    expect(found).to.deep.equal(Array.from({ length: 6 }, () => new Set([{ a: 1 }])));
    expect(new Set(found).size).to.equal(6);
  });

  it('is answered though it is nested too deeply to be copied', async () => {
    const depth = 5_000;
    const codec = new EntryCodec(new FaithfulSerializer());
    const body = `J${'['.repeat(depth)}${']'.repeat(depth)}`;
    const opened = new OpenedPayload(codec, `fk1 1000+0 f1 ${body.length}\n${body}`);
    opened.expectMore();
    const values = withLittleStack(() => [opened.value(), opened.value()]);
    expect(values[0]).to.be.an('array').with.length(1);
    expect(values[0]).not.to.equal(values[1]);
  });
});

/** Runs `code` where the stack has room for some hundreds of calls more. */
function withLittleStack<T>(code: () => T): T {
  const left = (): number => {
    try {
      return 1 + left();
    } catch {
      return 0;
    }
  };
  const descend = (frames: number): T => (frames <= 0 ? code() : descend(frames - 1));
  return descend(Math.floor(left() * 0.3));
}

describe('The payloads that were read last', () => {
  const codec = new EntryCodec(new FaithfulSerializer());

  function payloadOf(characters: number): OpenedPayload {
    const body = `J"${'x'.repeat(characters)}"`;
    return new OpenedPayload(codec, `fk1 1000+0 f1 ${body.length}\n${body}`);
  }

  function offerTwice(recent: RecentPayloads, name: string, opened: OpenedPayload): void {
    recent.offer(name, opened);
    recent.offer(name, opened);
  }

  function isKept(recent: RecentPayloads, name: string, opened: OpenedPayload): boolean {
    return recent.find(name, String(opened.payload)) === opened;
  }

  it('are kept when their key is read for the second time, until they are forgotten', () => {
    const recent = new RecentPayloads(10_000);
    const opened = payloadOf(10);
    recent.offer('k', opened);
    expect(isKept(recent, 'k', opened)).to.equal(false);
    recent.offer('k', opened);
    expect(isKept(recent, 'k', opened)).to.equal(true);
    recent.forget();
    expect(isKept(recent, 'k', opened)).to.equal(false);
  });

  it('are no more than their bytes may be, and those are kept that are found again', () => {
    const recent = new RecentPayloads(100_000);
    const hot = payloadOf(900);
    offerTwice(recent, 'hot', hot);
    const others = Array.from({ length: 400 }, (_, index) => [`k${index}`, payloadOf(900)] as const);
    for (const [name, opened] of others) {
      offerTwice(recent, name, opened);
      expect(isKept(recent, 'hot', hot)).to.equal(true);
    }
    const kept = others.filter(([name, opened]) => isKept(recent, name, opened));
    expect(kept.length).to.be.within(40, 110);
  });

  it('are not kept where one alone is large', () => {
    const recent = new RecentPayloads(16_000);
    const [large, small] = [payloadOf(2_000), payloadOf(500)];
    offerTwice(recent, 'large', large);
    offerTwice(recent, 'small', small);
    expect([isKept(recent, 'large', large), isKept(recent, 'small', small)]).to.deep.equal([false, true]);
  });
});
