import { expect } from 'chai';

import { SharedValues } from '../../lib/statistics/shared-values.js';
import { OTHER_PATTERNS, Tallies } from '../../lib/statistics/tallies.js';
import { Tally } from '../../lib/statistics/tally.js';

describe('the tallies of a cache', () => {
  it('are one for each pattern, and one for all that come when there are enough', () => {
    const tallies = new Tallies(2);
    const [one, other] = [tallies.of('a'), tallies.of('b')];
    const more = tallies.of('c');
    expect(tallies.of('a')).to.equal(one);
    expect(tallies.of('d')).to.equal(more);
    expect(other).not.to.equal(one);
    expect(tallies.all().map(({ pattern }) => pattern)).to.deep.equal(['a', 'b', OTHER_PATTERNS]);
  });
});

describe('a tally', () => {
  it('weighs the first fills, and few of the later ones', () => {
    const tally = new Tally('a');
    const by = { name: 'm', code: 'm 1', declared: '1 0', ttlVaries: false, silentWriters: [] };
    let weighed = 0;
    for (let fill = 0; fill < 1_000; fill += 1) {
      if (tally.weighsNext) weighed += 1;
      tally.filledBy(by, { ttl: 1, staleWhileRevalidate: 0 }, false);
    }
    expect(weighed).to.be.within(8, 24);
  });
});

describe('values under two patterns', () => {
  const rich = (hash: number) => ({ hash, leaves: 3 });

  it('are counted for the pair, in either order', () => {
    const shared = new SharedValues(10);
    for (const pattern of ['b', 'a', 'a']) shared.add(rich(1), pattern);
    for (const pattern of ['a', 'b']) shared.add(rich(2), pattern);
    expect(shared.all).to.deep.equal([{ patterns: ['a', 'b'], loads: 2 }]);
  });

  it('are counted once, however often the same value is found under both', () => {
    const shared = new SharedValues(10);
    for (let time = 0; time < 10; time += 1) for (const pattern of ['a', 'b']) shared.add(rich(1), pattern);
    expect(shared.all).to.deep.equal([{ patterns: ['a', 'b'], loads: 1 }]);
  });

  it('are none where they are too plain to be the same by more than chance', () => {
    const shared = new SharedValues(10);
    for (const pattern of ['a', 'b']) shared.add({ hash: 1, leaves: 2 }, pattern);
    expect(shared.all).to.deep.equal([]);
  });

  it('take no more memory than they may', () => {
    const shared = new SharedValues(4);
    for (let value = 0; value < 100; value += 1) {
      shared.add(rich(value), `p${value}`);
      shared.add(rich(value), `q${value}`);
    }
    expect(shared.all).to.have.length(4);
  });
});
