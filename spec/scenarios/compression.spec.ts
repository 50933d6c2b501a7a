import assert from 'node:assert/strict';
import { deflateSync } from 'node:zlib';

import { expect } from 'chai';
import { key, MemoryStore, TieredStore, type Cache } from 'freshkeep';
import { FaithfulSerializer, type RedisStoreOptions } from 'freshkeep/redis';

import { RedisCaches } from '../support/redis-caches.js';

/** Has no text to read, so that its client gives out bytes. */
class BytesAlone extends FaithfulSerializer {
  override deserialize(bytes: Buffer): unknown {
    return super.deserialize(bytes);
  }
}

const k = key`k`;
const SMALL = { id: 1 };
const MEDIUM = Array.from({ length: 50 }, (_, id) => ({ id, name: 'Ada ä 😀', at: new Date(id) }));
const LARGE = Array.from({ length: 5_000 }, (_, id) => ({ id, name: 'Ada ä 😀' }));

describe('Over Redis, with compressAbove,', () => {
  const redis = RedisCaches.forEachSpec();

  async function notesOf(name = 'k'): Promise<string> {
    const payload = await redis.client.get(`${redis.prefix}:{${name}}`);
    return payload?.slice(0, payload.indexOf('\n')).split(' ').slice(4).join(' ') ?? 'no entry';
  }

  const readers: readonly (readonly [title: string, options: Partial<RedisStoreOptions>])[] = [
    ['that compresses, over text', { compressAbove: 100 }],
    ['that does not compress, over text', { compressAbove: false }],
    ['that compresses, over bytes', { compressAbove: 100, serializer: new BytesAlone() }],
    ['that does not compress, over bytes', { serializer: new BytesAlone() }],
  ];
  for (const [written, writing] of readers) {
    for (const [title, reading] of readers) {
      it(`what a store ${written}, has written is read by one ${title}`, async () => {
        const lifetimes = [
          { ttl: '1m' },
          { ttl: '1m', staleWhileRevalidate: '1m' },
          { ttl: '1m', tags: ['a', 'ä'] },
        ] as const;
        const writer = redis.over(redis.store(writing));
        const reader = redis.store(reading);
        for (const [index, options] of lifetimes.entries()) {
          for (const value of [SMALL, MEDIUM, LARGE]) {
            const [name, other] = [key`filled:${index}`, key`set:${index}`];
            await writer.invalidate(name);
            await writer.getOrLoad(name, () => value, options);
            await writer.set(other, value, options);
            while ((await reader.read(name.text)) === undefined) await new Promise(setImmediate);
            const names = [name.text, other.text];
            const opened = await Promise.all(names.map((text) => reader.open(text, 'ticket', 1_000)));
            const together = await Promise.all(names.map((text) => reader.read(text)));
            const alone = [await reader.read(other.text)];
            const living = await Promise.all(names.map((text) => reader.readLiving(text)));
            const entries = [...opened, ...together, ...alone, ...living.map((found) => found?.entry)];
            for (const entry of entries) {
              if (options !== lifetimes[2]) assert.deepStrictEqual(entry?.value, value);
              assert.deepStrictEqual(entry === undefined ? value : entry.copy(), value);
            }
            assert.deepStrictEqual(await redis.over(reader).getOrLoad(other, () => 'missed', options), value);
          }
        }
      });
    }
  }

  it('an entry says in its header that it is compressed, and one that need not be is as it ever was', async () => {
    const cache = redis.over(redis.store({ compressAbove: 100 }));
    await cache.set(k, MEDIUM, { ttl: '1m' });
    expect(await notesOf()).to.match(/^\{"deflated":\{"bytes":\d+\}\}$/);
    await cache.set(k, MEDIUM, { ttl: '1m', tags: ['a'] });
    expect(await notesOf()).to.match(/^\{"deflated":\{"bytes":\d+,"tags":\[\["a","[^"]+"\]\]\}\}$/);
    await cache.set(k, SMALL, { ttl: '1m' });
    expect(await notesOf()).to.equal('');
  });

  it('nothing is compressed unless it is asked for', async () => {
    await redis.over(redis.store({})).set(k, LARGE, { ttl: '1m' });
    expect(await notesOf()).to.equal('');
  });

  it('a compressed entry with a tag is gone once the tag is invalidated', async () => {
    const cache = redis.over(redis.store({ compressAbove: 0 }));
    await cache.set(k, MEDIUM, { ttl: '1m', tags: ['a'] });
    assert.deepStrictEqual(await cache.get(k), MEDIUM);
    await cache.invalidateTags('a');
    expect(await cache.get(k)).to.equal(undefined);
  });

  it('of two values that are set one after the other, unawaited, the latter stays, however long the former takes', async () => {
    const cache = redis.over(redis.store({ compressAbove: 0 }));
    await Promise.all([cache.set(k, LARGE, { ttl: '1m' }), cache.set(k, SMALL, { ttl: '1m' })]);
    expect(await cache.get(k)).to.deep.equal(SMALL);
  });

  it('a value that was invalidated while it was compressed is not stored', async () => {
    const cache = redis.over(redis.store({ compressAbove: 0 }));
    const store = redis.store({ compressAbove: 0 });
    await store.open('k', 'ticket', 10_000);
    const filled = store.fill('k', 'ticket', store.seal(LARGE), { lifetime: { ttl: 60_000, staleWhileRevalidate: 0 } });
    await cache.invalidate(k);
    expect(await filled).to.equal('refused');
    expect(await cache.get(k)).to.equal(undefined);
  });

  it('what callers do to a value does not reach others', async () => {
    const store = redis.store({ compressAbove: 0 });
    await redis.over(store).set(k, MEDIUM, { ttl: '1m' });
    const entry = await store.read('k');
    (entry?.value as unknown[]).length = 0;
    (entry?.copy() as unknown[]).length = 0;
    assert.deepStrictEqual(entry?.copy(), MEDIUM);
  });

  it('two tiers share what is compressed', async () => {
    const [one, other] = [1, 2].map(() =>
      redis.over(new TieredStore({ l1: new MemoryStore(), l2: redis.store({ compressAbove: 0 }) })),
    ) as [Cache, Cache];
    assert.deepStrictEqual(await one.getOrLoad(k, () => LARGE, { ttl: '1m' }), LARGE);
    while ((await redis.client.exists(`${redis.prefix}:{k}`)) === 0) await new Promise(setImmediate);
    for (let read = 1; read <= 3; read += 1) {
      assert.deepStrictEqual(await other.getOrLoad(k, () => 'missed', { ttl: '1m' }), LARGE);
    }
    expect(await notesOf()).to.include('deflated');
    await one.set(k, MEDIUM, { ttl: '1m' });
    assert.deepStrictEqual(await one.get(k), MEDIUM);
  });

  const bomb = deflateSync(Buffer.alloc(32 * 1024 * 1024)).toString('base64');
  const garbage: readonly (readonly [title: string, bytes: number, body: string])[] = [
    ['a bomb', 1_000, bomb],
    ['a body that is no stream', 1_000, 'AAAA'],
    ['a body of another length than it claims', 10, deflateSync('J1').toString('base64')],
    ['a compressed body that the serializer does not know', 2, deflateSync('X1').toString('base64')],
  ];
  for (const [title, bytes, body] of garbage) {
    it(`an entry with ${title} is a miss that an event tells, and is overwritten`, async () => {
      const payload = `fk1 60000+0 f1 ${body.length} {"deflated":{"bytes":${bytes}}}\n${body}`;
      for (const [, options] of readers) {
        await redis.client.set(`${redis.prefix}:{k}`, payload, 'EX', 60);
        const cache = redis.over(redis.store(options));
        const codes: unknown[] = [];
        cache.on('entry-unreadable', ({ error }) => codes.push((error as { code?: string }).code));
        expect(await cache.getOrLoad(k, () => 'loaded', { ttl: '1m' })).to.equal('loaded');
        expect(new Set(codes)).to.deep.equal(new Set(['ERR_CACHE_ENTRY_UNREADABLE']));
        while ((await cache.get(k)) !== 'loaded') await new Promise(setImmediate);
      }
    });
  }
});
