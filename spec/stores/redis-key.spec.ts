import { expect } from 'chai';
import fc from 'fast-check';
import { key } from 'freshkeep';

import { readRedisKey, RedisKeys } from '../../lib/stores/redis/redis-key.js';

const PREFIX = fc.stringMatching(/^[\w.:/-]{1,64}$/);

describe('A Redis key that is read back', () => {
  it('tells prefix, kind and cache key', () => {
    fc.assert(
      fc.property(PREFIX, fc.string(), (prefix, part) => {
        const { text } = key`user:${part}`;
        const keys = new RedisKeys(prefix);
        expect(
          [keys.entry(text), keys.marker(text), keys.tickets(text), keys.lock(text)].map(readRedisKey),
        ).to.deep.equal(['entry', 'fresh', 'tickets', 'lock'].map((kind) => ({ prefix, kind, of: text })));
      }),
    );
  });

  it('tells the name of a tag, braces and all', () => {
    fc.assert(
      fc.property(PREFIX, fc.string({ unit: 'grapheme', minLength: 1 }), (prefix, name) => {
        expect(readRedisKey(new RedisKeys(prefix).tag(name))).to.deep.equal({ prefix, kind: 'tag', of: name });
      }),
    );
  });

  it('tells the bus, and nothing of what others have named', () => {
    expect(readRedisKey(new RedisKeys('app').bus)).to.deep.equal({ prefix: 'app', kind: 'bus', of: '' });
    expect(['user:7', 'app:{user:7}:other', 'app:{}', 'a b:{user:7}', '{user:7}', ''].map(readRedisKey)).to.deep.equal(
      Array<undefined>(6).fill(undefined),
    );
  });
});
