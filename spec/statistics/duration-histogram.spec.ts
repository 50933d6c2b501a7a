import { expect } from 'chai';

import { DURATION_BOUNDS, DurationHistogram, quantileOf } from '../../lib/statistics/duration-histogram.js';

describe('a histogram of durations', () => {
  const of = (...durations: readonly number[]) => {
    const histogram = new DurationHistogram();
    for (const duration of durations) histogram.add(duration);
    return histogram.snapshot;
  };

  it('counts each once, and adds them up', () => {
    const { count, sum, counts } = of(0.1, 3, 3, 70_000);
    expect({ count, sum }).to.deep.equal({ count: 4, sum: 70_006.1 });
    expect(counts).to.have.length(DURATION_BOUNDS.length + 1);
    expect(counts.reduce((one, other) => one + other)).to.equal(4);
  });

  it('takes a bound for one of its bucket, as Prometheus does, and what is longer than all for one of the last', () => {
    expect(of(0.5).counts[0]).to.equal(1);
    expect(of(0.500_1).counts[1]).to.equal(1);
    expect(of(60_000).counts.at(-2)).to.equal(1);
    expect(of(60_001).counts.at(-1)).to.equal(1);
  });

  it('tells quantiles within their bucket', () => {
    const even = of(...Array.from({ length: 1_000 }, (_, index) => index + 1));
    for (const quantile of [0.1, 0.5, 0.9, 0.99]) {
      expect(quantileOf(even, quantile)).to.be.closeTo(quantile * 1_000, 25, String(quantile));
    }
    expect(quantileOf(of(7), 0.99)).to.be.within(5, 10);
    expect(quantileOf(of(99_999), 0.5)).to.equal(60_000);
    expect(quantileOf(of(), 0.5)).to.equal(undefined);
  });
});
