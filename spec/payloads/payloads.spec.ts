import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';

import { expect } from 'chai';

import { FaithfulSerializer } from '../../lib/serializers/faithful-serializer.js';
import { EntryCodec } from '../../lib/stores/redis/entry-codec.js';
import { expectCacheError } from '../support/cache-errors.js';
import { bodyBeforeCompression } from './reader-before-compression.js';
import { COMPRESSED_PAYLOAD_VALUES, PAYLOAD_CLASSES, PAYLOAD_VALUES, type Amount, type Person } from './values.js';

/** Formats that the current code reads. */
const READABLE_FORMATS = ['fk1'] as const;

const codec = new EntryCodec(new FaithfulSerializer({ classes: PAYLOAD_CLASSES }));

function payloadsOf(format: string): Map<string, Buffer> {
  const directory = new URL(`./${format}/`, import.meta.url);
  const files = readdirSync(directory).filter((file) => file.endsWith('.payload'));
  return new Map(files.map((file) => [file.replace('.payload', ''), readFileSync(new URL(file, directory))]));
}

/** As the store reads it from a script, and from `MGET`. */
const WAYS: readonly ((payload: Buffer) => unknown)[] = [
  (payload) => codec.deserialize(codec.bodyOf(codec.decode(payload))),
  (payload) => codec.deserialize(codec.bodyOf(codec.decode(payload.toString()))),
];

function expectUnreadable(payload: Buffer): void {
  for (const read of WAYS) expectCacheError(() => read(payload), 'ERR_CACHE_ENTRY_UNREADABLE');
}

for (const format of READABLE_FORMATS) {
  const payloads = payloadsOf(format);

  describe(`a stored payload of format ${format}`, () => {
    it('is kept for each value', () => {
      expect([...payloads.keys()].sort()).to.deep.equal(Object.keys(PAYLOAD_VALUES).sort());
    });

    for (const [name, payload] of payloads) {
      it(`(${name}) is read back equal`, () => {
        for (const read of WAYS) assert.deepStrictEqual(read(payload), PAYLOAD_VALUES[name]?.());
        expect(codec.decode(payload)).to.deep.include({ ttl: 1_000, staleWhileRevalidate: 60_000 });
      });

      it(`(${name}) is a miss when it is cut short anywhere`, () => {
        for (let length = 0; length < payload.length; length += 1) expectUnreadable(payload.subarray(0, length));
      });

      it(`(${name}) is a miss when something follows it`, () => {
        expectUnreadable(Buffer.concat([payload, Buffer.from(' ')]));
      });
    }
  });
}

describe('a stored payload whose body is compressed', () => {
  const payloads = payloadsOf('fk1-deflated');

  it('is kept for each value', () => {
    expect([...payloads.keys()].sort()).to.deep.equal(Object.keys(COMPRESSED_PAYLOAD_VALUES).sort());
  });

  for (const [name, payload] of payloads) {
    it(`(${name}) is read back equal, with its tags`, () => {
      const { value, tags } = COMPRESSED_PAYLOAD_VALUES[name] ?? {};
      for (const read of WAYS) assert.deepStrictEqual(read(payload), value?.());
      expect(codec.decode(payload)).to.deep.include({ ttl: 1_000, staleWhileRevalidate: 60_000, tags });
    });

    it(`(${name}) is a miss when it is cut short anywhere`, () => {
      for (let length = 0; length < payload.length; length += 1) expectUnreadable(payload.subarray(0, length));
    });

    it(`(${name}) is a miss for a process from before there were any`, () => {
      expect(bodyBeforeCompression(payload)).to.equal(undefined);
    });
  }

  it('is told by the process from before from those that it can read', () => {
    for (const payload of payloadsOf('fk1').values()) expect(bodyBeforeCompression(payload)).to.be.instanceOf(Buffer);
  });
});

describe('a payload with instances of classes', () => {
  it('gives back what only the class can see', () => {
    const payload = payloadsOf('fk1').get('instances') ?? Buffer.alloc(0);
    for (const read of WAYS) {
      const { person, amounts } = read(payload) as { person: Person; amounts: Amount[] };
      expect(person.friend).to.equal(person);
      expect(amounts.map(({ cents }) => cents)).to.deep.equal([995n, 995n]);
      expect(amounts[0]).to.equal(amounts[1]);
    }
  });

  it('is a miss for a process that knows none', () => {
    const payload = payloadsOf('fk1').get('instances') ?? Buffer.alloc(0);
    const other = new EntryCodec(new FaithfulSerializer());
    expectCacheError(
      () => other.deserialize(other.bodyOf(other.decode(payload))),
      'ERR_CACHE_ENTRY_UNREADABLE',
      'class Person@1',
    );
  });
});

describe('a payload', () => {
  const body = codec.serialize({ id: 1 });
  const whole = codec.encode(body, { ttl: 1_000, staleWhileRevalidate: 250 });

  it('is one line of ASCII and the body', () => {
    expect(whole.toString()).to.equal(`fk1 1000+250 f1 ${body.length}\nJ{"id":1}`);
  });

  it('of the current code differs in nothing from what is kept', () => {
    for (const [name, payload] of payloadsOf('fk1')) {
      const written = codec.serialize(PAYLOAD_VALUES[name]?.());
      expect(codec.encode(written, { ttl: 1_000, staleWhileRevalidate: 60_000 }).equals(payload), name).to.equal(true);
    }
  });

  const foreign: readonly (readonly [title: string, payload: string])[] = [
    ['nothing', ''],
    ['a line break', '\n'],
    ['the JSON of another library', '{"value":{"id":1},"expires":1700000000000}'],
    ['a plain string', 'Ada'],
    ['a future format', 'fk2 1000+250 f1 9\nJ{"id":1}'],
    ['a future format with a longer header', 'fk2 1000+250 f1 gzip 9\nJ{"id":1}'],
    ['an older format', 'fk0 1000+250 f1 9\nJ{"id":1}'],
    ['another serializer', 'fk1 1000+250 f2 9\nJ{"id":1}'],
    ['a serializer with this name in front', 'fk1 1000+250 f11 9\nJ{"id":1}'],
    ['no lifetime', 'fk1  f1 9\nJ{"id":1}'],
    ['no ttl', 'fk1 +250 f1 9\nJ{"id":1}'],
    ['no stale window', 'fk1 1000+ f1 9\nJ{"id":1}'],
    ['one number for both', 'fk1 1250 f1 9\nJ{"id":1}'],
    ['a negative ttl', 'fk1 -1+250 f1 9\nJ{"id":1}'],
    ['a negative stale window', 'fk1 1000+-1 f1 9\nJ{"id":1}'],
    ['a fractional stale window', 'fk1 1000+1.5 f1 9\nJ{"id":1}'],
    ['an endless ttl', `fk1 ${'9'.repeat(30)}+250 f1 9\nJ{"id":1}`],
    ['an endless stale window', `fk1 1000+${'9'.repeat(30)} f1 9\nJ{"id":1}`],
    ['no length', 'fk1 1000+250 f1\nJ{"id":1}'],
    ['another length', 'fk1 1000+250 f1 8\nJ{"id":1}'],
    ['no line break', `fk1 1000+250 f1 9 ${' '.repeat(100)}`],
    ['a space for a line break', 'fk1 1000+250 f1 9 J{"id":1}'],
    ['a body of an unknown kind', 'fk1 1000+250 f1 9\nX{"id":1}'],
    ['a body that is no JSON', 'fk1 1000+250 f1 9\nJ{"id":1]'],
    ['an empty body', 'fk1 1000+250 f1 0\n'],
  ];
  for (const [title, payload] of foreign) {
    it(`with ${title} is a miss`, () => {
      expectUnreadable(Buffer.from(payload));
    });
  }

  it('of random bytes is a miss', () => {
    for (let seed = 0; seed < 256; seed += 1) expectUnreadable(Buffer.alloc(64, seed));
  });
});
