import { expect } from 'chai';

import { medianOf, percentile, ratiosOf, spreadOf } from '../../bench/statistics.js';

describe('statistics of the bench', () => {
  it('take the number in the middle, or what is between the two of them, whatever the order', () => {
    expect(spreadOf([9, 1, 5])).to.deep.equal({ median: 5, min: 1, max: 9 });
    expect(medianOf([8, 2, 4, 100])).to.equal(6);
  });

  it('compare only what was measured together, so that a slow moment cancels out', () => {
    expect(medianOf(ratiosOf([20, 2_000, 22], [10, 1_000, 11]))).to.equal(2);
  });

  it('have no ratio where one of two was not measured', () => {
    expect(ratiosOf([1, 2], [1])).to.deep.equal([1, NaN]);
  });

  it('say below what a share of all numbers is', () => {
    const hundred = Float64Array.from({ length: 100 }, (_, index) => 100 - index);
    expect([percentile(hundred, 0.5), percentile(hundred, 0.99), percentile(hundred, 1)]).to.deep.equal([50, 99, 100]);
    expect(percentile(Float64Array.of(7), 0.99)).to.equal(7);
    expect(percentile(new Float64Array(0), 0.99)).to.be.NaN;
  });
});
