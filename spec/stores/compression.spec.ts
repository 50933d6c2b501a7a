import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { deflateSync } from 'node:zlib';

import { expect } from 'chai';
import fc from 'fast-check';
import { FaithfulSerializer, RedisStore } from 'freshkeep/redis';
import { Redis } from 'ioredis';

import { Compression, MAX_INFLATED_BYTES, type StoredBody } from '../../lib/stores/redis/compression.js';
import { EntryCodec } from '../../lib/stores/redis/entry-codec.js';
import type { TagVersions } from '../../lib/stores/redis/entry-notes.js';
import { bodyBeforeCompression } from '../payloads/reader-before-compression.js';
import { expectCacheError } from '../support/cache-errors.js';

const codec = new EntryCodec(new FaithfulSerializer());
const LIFETIME = { ttl: 1_000, staleWhileRevalidate: 250 };
const TAGS: TagVersions = new Map([
  ['catalogue', '1:a'],
  ['ä "7"', '2:b'],
]);

const list = Array.from({ length: 50 }, (_, id) => ({ id, name: `Ada ${id} ä 😀`, at: '2026-11-25T10:00:00.000Z' }));

function payloadOf(stored: StoredBody, tags?: TagVersions): Buffer {
  return codec.encode(stored, LIFETIME, tags);
}

function compressed(value: unknown): StoredBody {
  return new Compression(0).now(codec.serialize(value));
}

/** With any body and any size claimed for it. */
function forged(bytes: unknown, body: Buffer): Buffer {
  const base64 = body.toString('base64');
  return Buffer.from(`fk1 1000+250 f1 ${base64.length} {"deflated":${JSON.stringify({ bytes })}}\n${base64}`);
}

/** As `MGET` gives it to who reads text, and as scripts give it. */
function readBothWays(payload: Buffer): unknown[] {
  return [payload, payload.toString()].map((form) => codec.deserialize(codec.bodyOf(codec.decode(form))));
}

function expectUnreadable(payload: Buffer): void {
  for (const form of [payload, payload.toString()]) {
    expectCacheError(() => codec.deserialize(codec.bodyOf(codec.decode(form))), 'ERR_CACHE_ENTRY_UNREADABLE');
  }
}

describe('A compressed body', () => {
  it('is read out of bytes and out of text, with its tags and its stale window', () => {
    for (const tags of [undefined, TAGS]) {
      const payload = payloadOf(compressed(list), tags);
      expect(payload.length).to.be.below(codec.serialize(list).length / 2);
      for (const value of readBothWays(payload)) assert.deepStrictEqual(value, list);
      const decoded = codec.decode(payload);
      expect(decoded.staleWhileRevalidate).to.equal(250);
      expect(decoded.tags).to.deep.equal(tags);
    }
  });

  it('of any value, above any threshold, gives the value back', () => {
    const anything = fc.anything({
      withBigInt: true,
      withMap: true,
      withSet: true,
      withTypedArray: true,
      stringUnit: 'binary',
      maxDepth: 3,
    });
    fc.assert(
      fc.property(anything, fc.nat({ max: 1_000 }), fc.boolean(), (inner, above, tagged) => {
        fc.pre(!fc.stringify(inner).includes('["__proto__"]'));
        const value = { inner, padding: 'ab'.repeat(250) };
        const body = codec.serialize(value);
        const stored = new Compression(above).now(body);
        const payload = payloadOf(stored, tagged ? TAGS : undefined);
        for (const read of readBothWays(payload)) assert.deepStrictEqual(read, value);
        expect(payload.length).to.be.at.most(payloadOf(body, tagged ? TAGS : undefined).length);
        expect(stored !== body).to.equal(body.length > above);
      }),
      { numRuns: 400 },
    );
  });

  it('is the same when it was made on another thread', async () => {
    for (const count of [10, 5_000]) {
      const body = codec.serialize(Array.from({ length: count }, (_, id) => ({ id, name: 'Ada' })));
      expect(await new Compression(0).inBackground(body)).to.deep.equal(new Compression(0).now(body));
    }
  });

  it('is stored as it was where compressing does not make it smaller, or where it is at most as long as the threshold', async () => {
    const bodies = ['', 'short', randomBytes(2_000).toString('base64'), randomBytes(90_000).toString('base64')];
    for (const body of bodies.map((text) => codec.serialize(text))) {
      expect(new Compression(0).now(body)).to.equal(body);
      expect(await new Compression(0).inBackground(body)).to.equal(body);
    }
    const body = codec.serialize(list);
    for (const above of [body.length, false] as const) expect(new Compression(above).now(body)).to.equal(body);
    expect(new Compression(body.length - 1).now(body)).not.to.equal(body);
  });

  it('is not made of what nobody would inflate', () => {
    const body = Buffer.alloc(MAX_INFLATED_BYTES + 1, 'x');
    expect(new Compression(0).now(body)).to.equal(body);
  });

  it('is a miss for a process from before there were any, with tags and without', () => {
    for (const tags of [undefined, TAGS]) {
      expect(bodyBeforeCompression(payloadOf(codec.serialize(list), tags))?.toString()).to.match(/^J\[/);
      expect(bodyBeforeCompression(payloadOf(compressed(list), tags))).to.equal(undefined);
    }
  });

  it('is a miss when it is cut short anywhere, or something follows it', () => {
    const payload = payloadOf(compressed(list), TAGS);
    for (let length = 0; length < payload.length; length += 1) expectUnreadable(payload.subarray(0, length));
    expectUnreadable(Buffer.concat([payload, Buffer.from('A')]));
  });

  it('is a miss when any of its bytes was changed, though the length is right', () => {
    const payload = payloadOf(compressed(list));
    const start = payload.indexOf('\n') + 1;
    for (let at = start; at < payload.length - 2; at += 1) {
      const changed = Buffer.from(payload);
      changed[at] = changed[at] === 0x41 ? 0x42 : 0x41;
      expectUnreadable(changed);
    }
  });

  it('is a miss when it is whole, but no stream of zlib', () => {
    for (const body of [Buffer.from('J{"id":1}'), Buffer.alloc(0), randomBytes(100), Buffer.alloc(100)]) {
      expectUnreadable(forged(9, body));
    }
  });

  it('is a miss when it has more or fewer bytes than it claims', () => {
    const body = codec.serialize(list);
    for (const bytes of [body.length - 1, body.length + 1, 1]) expectUnreadable(forged(bytes, deflateSync(body)));
    for (const value of readBothWays(forged(body.length, deflateSync(body)))) assert.deepStrictEqual(value, list);
  });

  it('is a miss when it claims no size that a body can have', () => {
    const stream = deflateSync(codec.serialize(list));
    const sizes = [undefined, null, 0, -1, 1.5, '9', [9], {}, MAX_INFLATED_BYTES + 1, 2 ** 53];
    for (const bytes of sizes) {
      const payload = forged(bytes, stream);
      for (const form of [payload, payload.toString()]) {
        // Already when the header is read: zlib must not be asked to judge it.
        expectCacheError(() => codec.decode(form), 'ERR_CACHE_ENTRY_UNREADABLE');
      }
    }
  });

  it('that would fill the memory is a miss before it does', () => {
    const bomb = deflateSync(Buffer.alloc(256 * 1024 * 1024));
    for (const bytes of [1_000, 1_000_000]) {
      const payload = forged(bytes, bomb);
      const before = process.memoryUsage();
      expectUnreadable(payload);
      const after = process.memoryUsage();
      expect(after.arrayBuffers + after.external - before.arrayBuffers - before.external).to.be.below(32 * 1024 * 1024);
    }
  });

  it('is a miss when a note stands beside it, or in its place, that is not known', () => {
    const { base64, inflatedBytes: bytes } = compressed(list) as { base64: string; inflatedBytes: number };
    const tags = [['a', '1']];
    const plain = 'J{"id":1}';
    const payloads: readonly (readonly [notes: unknown, body: string])[] = [
      [{ deflated: { bytes }, tags }, base64],
      [{ deflated: { bytes, tags: [] } }, base64],
      [{ deflated: { bytes, tags: [['a']] } }, base64],
      [{ deflated: null }, base64],
      [{ zipped: { bytes } }, plain],
      [{ tags, zipped: true }, plain],
      [{ tags: [] }, plain],
      [{}, plain],
      [null, plain],
      [[], plain],
    ];
    for (const [notes, body] of payloads) {
      expectUnreadable(Buffer.from(`fk1 1000+250 f1 ${body.length} ${JSON.stringify(notes)}\n${body}`));
    }
  });
});

describe('The option compressAbove', () => {
  const client = new Redis({ lazyConnect: true });

  it('is refused, with its name and value, where it is no whole number of bytes and not false', () => {
    for (const [value, shown] of [
      [-1, '-1'],
      [1.5, '1.5'],
      [NaN, 'NaN'],
      [Infinity, 'Infinity'],
      ['2kB', '"2kB"'],
      [true, 'true'],
      [null, 'null'],
    ] as const) {
      const options = { client, compressAbove: value as unknown as number };
      expectCacheError(
        () => new RedisStore(options),
        'ERR_CACHE_OPTION_INVALID',
        '`compressAbove`',
        'a whole number of bytes, or false',
        shown,
      );
    }
  });
});
