import { expect } from 'chai';

import { freshnessOf } from '../../lib/entry/entry.js';

describe('the freshness of an entry', () => {
  const entry = { staleAt: 1_000, expiresAt: 1_500 };
  const boundaries: readonly (readonly [at: number, freshness: string])[] = [
    [-Infinity, 'fresh'],
    [999.999, 'fresh'],
    [1_000, 'stale'],
    [1_499.999, 'stale'],
    [1_500, 'expired'],
    [Infinity, 'expired'],
  ];
  for (const [at, freshness] of boundaries) {
    it(`that is stale from 1000 and expired from 1500 is ${freshness} at ${at}`, () => {
      expect(freshnessOf(entry, at)).to.equal(freshness);
    });
  }

  it('without a stale window goes from fresh to expired', () => {
    const brief = { staleAt: 1_000, expiresAt: 1_000 };
    expect([freshnessOf(brief, 999), freshnessOf(brief, 1_000)]).to.deep.equal(['fresh', 'expired']);
  });
});
