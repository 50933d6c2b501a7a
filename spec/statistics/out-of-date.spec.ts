import { expect } from 'chai';

import { ChangeRecord } from '../../lib/statistics/change-record.js';
import { outOfDateShare } from '../../lib/statistics/out-of-date.js';
import { seededRandom } from '../support/random.js';

const MINUTE = 60_000;

describe('the share of hits that would be out of date', () => {
  /** Loads at ages up to `oldest`, of values that change at random, `lifetime` after the last change on average. */
  const observe = (lifetime: number, ages: (index: number) => number, loads = 2_000) => {
    const random = seededRandom(7);
    const record = new ChangeRecord();
    for (let index = 0; index < loads; index += 1) {
      const age = ages(index);
      record.add(age, random() < 1 - Math.exp(-age / lifetime));
    }
    return outOfDateShare(record.observations, []);
  };
  /** Of a Poisson process, at ages from 0 to `ttl` alike. */
  const exact = (ttl: number, lifetime: number) => 1 - (1 - Math.exp(-ttl / lifetime)) / (ttl / lifetime);

  it('is unknown from too few loads', () => {
    expect(observe(MINUTE, () => MINUTE, 19)).to.equal(undefined);
    expect(observe(MINUTE, () => MINUTE, 20)).to.be.a('function');
  });

  for (const lifetime of [MINUTE, 10 * MINUTE, 300 * MINUTE]) {
    it(`is that of values that live for ${lifetime / MINUTE} minutes, from loads at one age, for shorter ttls and longer ones`, () => {
      const share = observe(lifetime, () => 5 * MINUTE);
      for (const ttl of [1_000, MINUTE, 5 * MINUTE, 15 * MINUTE, 60 * MINUTE]) {
        expect(share?.(ttl)).to.be.closeTo(exact(ttl, lifetime), 0.03, String(ttl));
      }
    });
  }

  it('is that of loads at many ages', () => {
    const random = seededRandom(8);
    const share = observe(10 * MINUTE, () => random() * 60 * MINUTE);
    for (const ttl of [MINUTE, 5 * MINUTE, 60 * MINUTE]) {
      expect(share?.(ttl)).to.be.closeTo(exact(ttl, 10 * MINUTE), 0.05, String(ttl));
    }
  });

  it('rises with the ttl, whatever chance has made of few loads', () => {
    const record = new ChangeRecord();
    for (const [age, changed, loads] of [
      [1_000, 9, 10],
      [60_000, 1, 10],
      [3_600_000, 5, 10],
    ] as const) {
      for (let load = 0; load < loads; load += 1) record.add(age, load < changed);
    }
    const share = outOfDateShare(record.observations, []);
    const shares = [500, 1_000, 10_000, 60_000, 600_000, 3_600_000, 86_400_000].map((ttl) => share?.(ttl) ?? NaN);
    expect(shares).to.deep.equal([...shares].sort((one, other) => one - other));
  });

  it('is told by no few of the oldest values, all of which chance may have changed', () => {
    const random = seededRandom(9);
    const share = observe(10 * MINUTE, (index) => (index < 4 ? 1 : 0) * 20 * MINUTE + (0.5 + random()) * MINUTE);
    expect(share?.(60 * MINUTE)).to.be.closeTo(exact(60 * MINUTE, 10 * MINUTE), 0.05);
  });

  it('is next to nothing where no value changed, and next to all where each did at once', () => {
    expect(observe(Infinity, () => MINUTE)?.(5 * MINUTE)).to.be.below(0.01);
    expect(observe(1, () => MINUTE)?.(10 * MINUTE)).to.be.above(0.9);
  });

  it('is not the larger for shorter ttls, the more loads there were of values all of which had changed', () => {
    const byTheMinute = (loads: number) => observe(1, () => MINUTE, loads)?.(1_000) ?? NaN;
    expect(byTheMinute(20_000)).to.equal(byTheMinute(20));
    // A value that is replaced each minute: half a second of 60 on average.
    expect(byTheMinute(20_000)).to.be.closeTo(0.5 / 60, 0.02);
  });

  it('counts loads in no time as loads a moment later', () => {
    expect(observe(MINUTE, () => 0)?.(MINUTE)).to.be.within(0, 1);
  });
});
