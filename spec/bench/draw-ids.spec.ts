import { expect } from 'chai';

import { drawIds } from '../../bench/random.js';

/** How often each id was drawn. */
function countsOf(ids: Uint32Array): Map<number, number> {
  const counts = new Map<number, number>();
  for (const id of ids) counts.set(id, (counts.get(id) ?? 0) + 1);
  return counts;
}

describe('ids that contenders are asked for', () => {
  it('are the same in every process', () => {
    expect(drawIds(1_000, 'zipf')).to.deep.equal(drawIds(1_000, 'zipf'));
  });

  it('are from 1 to the number of keys', () => {
    for (const popularity of ['zipf', 'uniform', 'in turn'] as const) {
      const ids = drawIds(50, popularity);
      expect([Math.min(...new Set(ids)), Math.max(...new Set(ids))], popularity).to.deep.equal([1, 50]);
    }
  });

  it('are asked for as Zipf says: the second about half as often as the first, the tenth a tenth as often', () => {
    const counts = countsOf(drawIds(10_000, 'zipf'));
    const [first = 0, second = 0, tenth = 0] = [counts.get(1), counts.get(2), counts.get(10)];
    expect(first / second).to.be.closeTo(2 ** 0.99, 0.15);
    expect(first / tenth).to.be.closeTo(10 ** 0.99, 1.5);
  });

  it('are equally popular where they are uniform', () => {
    const counts = [...countsOf(drawIds(4, 'uniform')).values()];
    expect(Math.max(...counts) / Math.min(...counts)).to.be.below(1.05);
  });

  it('are each asked for once where they are in turn, and not in their own order', () => {
    const ids = drawIds(2_000, 'in turn');
    expect(ids).to.have.length(2_000);
    expect(new Set(ids).size).to.equal(2_000);
    expect(ids).not.to.deep.equal(ids.toSorted());
  });
});
