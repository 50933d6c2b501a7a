import { expect } from 'chai';

import { ALL_HASHES, hashOf } from '../../lib/statistics/text-hash.js';

describe('the hash of a text', () => {
  it('is of 31 bits, and the same for the same text', () => {
    for (const text of ['', 'a', 'user:1', '\u{1f600}'.repeat(100)]) {
      expect(hashOf(text))
        .to.equal(hashOf(text))
        .and.to.satisfy((hash: number) => hash >= 0 && hash < ALL_HASHES);
      expect(Number.isInteger(hashOf(text))).to.equal(true);
    }
  });

  it('spreads the keys of a pattern evenly: any part of the hashes is as large as it should be', () => {
    const keys = Array.from({ length: 100_000 }, (_, id) => `user:${id}`);
    for (const share of [1 / 2, 1 / 16, 1 / 256]) {
      const below = keys.filter((key) => hashOf(key) < ALL_HASHES * share).length;
      const deviation = Math.sqrt(keys.length * share * (1 - share));
      expect(below).to.be.closeTo(keys.length * share, 4 * deviation, String(share));
    }
  });

  it('is different for all of a hundred thousand keys but a few', () => {
    const hashes = new Set(Array.from({ length: 100_000 }, (_, id) => hashOf(`order:${id}:${id % 7}`)));
    expect(hashes.size).to.be.at.least(99_990);
  });
});
