import { expect } from 'chai';

import { ReuseRecord } from '../../lib/statistics/reuse-record.js';

const BOUND = 16;

describe('a record of reuse', () => {
  /** Of the hits that there were ten of, how many more there would have been with the largest bound that is tried. */
  const missed = (record: ReuseRecord) => {
    const curve = record.curve(10) ?? [];
    return Math.round(10 * ((curve.at(-1)?.hits ?? NaN) - 1));
  };
  const begin = () => {
    const record = new ReuseRecord(BOUND);
    record.hit(0);
    return record;
  };

  it('knows nothing before the first hit', () => {
    expect(new ReuseRecord(BOUND).curve(10)).to.equal(undefined);
  });

  it('has a hit with each bound that is larger than the number of others used', () => {
    const record = new ReuseRecord(BOUND);
    for (const othersUsed of [0, 1, 3, 15]) record.hit(othersUsed);
    expect(record.curve(4)?.map(({ maxEntries, hits }) => [maxEntries, hits])).to.deep.equal([
      [1, 0.25],
      [2, 0.5],
      [4, 0.75],
      [8, 0.75],
      [16, 1],
      [32, 1],
      [64, 1],
      [128, 1],
    ]);
  });

  it('would have had a key that gave way and came back, with a bound that has room for it and those that left later', () => {
    const record = begin();
    for (const key of ['a', 'b', 'c']) record.evicted(key, 0, 1_000);
    record.added('a', 10, BOUND);
    expect(record.curve(10)?.map(({ hits }) => Math.round(10 * hits))).to.deep.equal([10, 10, 10, 10, 10, 11, 11, 11]);
    record.added('a', 20, BOUND);
    expect(missed(record)).to.equal(1);
  });

  it('would not have had one whose time was over, or that was invalidated, or cleared', () => {
    for (const end of [
      (record: ReuseRecord) => {
        record.added('a', 1_000, BOUND);
      },
      (record: ReuseRecord) => {
        record.forget('a');
        record.added('a', 10, BOUND);
      },
      (record: ReuseRecord) => {
        record.clear();
        record.added('a', 10, BOUND);
      },
    ]) {
      const record = begin();
      record.evicted('a', 0, 1_000);
      end(record);
      expect(missed(record)).to.equal(0);
    }
  });

  it('would have had the entry from before, which ends earlier than the one that came in its place', () => {
    const record = begin();
    record.evicted('a', 0, 1_000);
    record.added('a', 500, BOUND);
    record.evicted('a', 600, 1_500);
    record.added('a', 1_200, BOUND);
    expect(missed(record)).to.equal(1);
  });

  it('would have loaded anew when that had ended', () => {
    const record = begin();
    record.evicted('a', 0, 1_000);
    record.added('a', 500, BOUND);
    record.evicted('a', 1_100, 1_500);
    record.added('a', 1_200, BOUND);
    expect(missed(record)).to.equal(2);
  });

  it('would have had an entry in full that came after an invalidation', () => {
    const record = begin();
    record.evicted('a', 0, 1_000);
    record.added('a', 500, BOUND);
    record.forget('a');
    record.evicted('a', 600, 1_500);
    record.added('a', 1_200, BOUND);
    expect(missed(record)).to.equal(2);
  });

  it('looks at fewer and fewer hits, and at those for as many as they stand for', () => {
    const record = new ReuseRecord(BOUND);
    const meanDistance = () => {
      const distances = Array.from({ length: 500 }, () => record.nextAfter);
      return distances.reduce((one, other) => one + other) / distances.length;
    };
    expect(meanDistance()).to.be.within(13, 19);
    for (let look = 0; look < 256; look += 1) record.hit(0);
    expect(meanDistance()).to.be.within(27, 37);
    for (let look = 0; look < 128; look += 1) record.hit(BOUND - 1);
    expect(record.curve(1)?.[0]?.hits).to.equal(0.5);
    for (let look = 0; look < 100_000; look += 1) record.hit(0);
    expect(meanDistance()).to.be.within(3_400, 4_800);
  });
});
