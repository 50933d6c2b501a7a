import { expect } from 'chai';

import { changeOf, formatComparison, hasLost, together, type Comparison } from '../../bench/guard/verdict.js';

/** A path that took 100, 200 and 1,000 ns before, in rounds of which the last was a slow moment for both. */
function comparisonWith(factor: number): Comparison {
  const before = [100, 200, 1_000];
  return { path: 'hit', before, now: before.map((time) => time * factor) };
}

describe('the guard of hot paths', () => {
  it('finds a path that takes a fifth longer', () => {
    expect(changeOf(comparisonWith(1.2))).to.be.closeTo(1.2, 1e-9);
    expect(hasLost(comparisonWith(1.2))).to.be.true;
  });

  it('lets pass what takes a tenth longer, or less time', () => {
    expect([1.1, 1, 0.5].map((factor) => hasLost(comparisonWith(factor)))).to.deep.equal([false, false, false]);
  });

  it('finds a path of which nothing was measured', () => {
    expect(hasLost({ path: 'hit', now: [], before: [] })).to.be.true;
  });

  it('judges what was measured twice by all of it', () => {
    const unlucky: Comparison = { path: 'hit', now: [150], before: [100] };
    const further: Comparison = { path: 'hit', now: [100, 101], before: [100, 100] };
    expect(hasLost(unlucky)).to.be.true;
    expect(hasLost(together(unlucky, further))).to.be.false;
  });

  it('says of each path how long a call took and takes, and which has lost', () => {
    expect(formatComparison(comparisonWith(2))).to.match(/^hit +0\.200 µs +0\.400 µs +2\.00 {2}LOST$/);
    expect(formatComparison(comparisonWith(1))).to.match(/1\.00$/);
  });
});
