import { expect } from 'chai';

import { DistinctCount } from '../../lib/statistics/distinct-count.js';
import { hashOf } from '../../lib/statistics/text-hash.js';

describe('a count of different hashes', () => {
  it('is 0 where there was none', () => {
    expect(new DistinctCount().estimate).to.equal(0);
  });

  for (const count of [1, 10, 100, 1_000, 10_000, 200_000]) {
    it(`is right within some percent for ${count}, on average over twenty sets`, () => {
      const errors = Array.from({ length: 20 }, (_, set) => {
        const distinct = new DistinctCount();
        for (let id = 0; id < count; id += 1) distinct.add(hashOf(`${set}:${id}`));
        return (distinct.estimate - count) / count;
      });
      const meanSquare = errors.reduce((sum, error) => sum + error ** 2, 0) / errors.length;
      // 1.04 / √256 is 6.5 % for one of them; twenty tell it within a third.
      expect(Math.sqrt(meanSquare)).to.be.below(0.09);
    });
  }

  it('does not count the same twice', () => {
    const distinct = new DistinctCount();
    for (let time = 0; time < 1_000; time += 1) distinct.add(hashOf(`user:${time % 10}`));
    expect(distinct.estimate).to.be.closeTo(10, 1);
  });
});
