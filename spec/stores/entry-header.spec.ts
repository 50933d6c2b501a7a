import { expect } from 'chai';

import { EntryCodec, readEntryHeader } from '../../lib/stores/redis/entry-codec.js';

const LIFETIME = { ttl: 1_000, staleWhileRevalidate: 500 };

/** As the serializer of a service, of which a reader of headers knows nothing. */
const SERIALIZER = {
  id: 'own-2.0',
  serialize: (value: unknown) => Buffer.from(String(value)),
  deserialize: (bytes: Buffer) => bytes.toString(),
};

describe('The header of an entry, without its value', () => {
  const codec = new EntryCodec(SERIALIZER);

  it('tells lifetime and serializer, whatever that is', () => {
    const payload = codec.encode(Buffer.from('value'), LIFETIME).toString('latin1');
    expect(readEntryHeader(payload)).to.deep.equal({ ttl: 1_000, staleWhileRevalidate: 500, serializer: 'own-2.0' });
  });

  it('tells tags and the window for errors', () => {
    const tags = new Map([['team:1', '5-a']]);
    const payload = codec.encode(Buffer.from('value'), { ...LIFETIME, staleIfError: 700 }, tags).toString('latin1');
    const header = readEntryHeader(payload);
    expect(header).to.deep.include({ tags, staleIfError: 700, serializer: 'own-2.0' });
  });

  it('is cut off at every place before its end, or no header, and never another one', () => {
    const payload = codec.encode(Buffer.from('value'), LIFETIME, new Map([['team:1', '5-a']])).toString('latin1');
    const end = payload.indexOf('\n');
    for (let length = 0; length < end; length += 1) {
      let read: unknown;
      try {
        read = readEntryHeader(payload.slice(0, length));
      } catch (error) {
        read = (error as { code?: unknown }).code;
      }
      expect(read, `${length} bytes`).to.be.oneOf(['cut off', 'ERR_CACHE_ENTRY_UNREADABLE']);
    }
    expect(readEntryHeader(payload.slice(0, end + 1))).to.have.property('serializer', 'own-2.0');
  });

  it('is refused where it is of another format', () => {
    for (const start of ['', 'fk2 1+0 f1 5\n', '{"id":7}', 'fk1 1+0 a-name-that-is-too-long 5\n'])
      expect(() => readEntryHeader(start))
        .to.throw()
        .with.property('code', 'ERR_CACHE_ENTRY_UNREADABLE');
  });
});
