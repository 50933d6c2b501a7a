import { expect } from 'chai';

import { TRIED_TTLS } from '../../lib/statistics/ttl-grid.js';
import { noMisses, TtlTrial } from '../../lib/statistics/ttl-trial.js';
import { pick, seededRandom } from '../support/random.js';

describe('a trial of ttls', () => {
  it('misses as often as a cache of each ttl would, though it is told only of the calls that it asks for', () => {
    const random = seededRandom(3);
    const trial = new TtlTrial(1);
    trial.forget(0);
    const misses = noMisses();
    const exact = TRIED_TTLS.map((ttl) => ({ ttl, until: -Infinity, misses: 0 }));
    let lookAgainAt = -Infinity;
    let told = 0;
    let at = 0;
    for (let call = 0; call < 20_000; call += 1) {
      at += pick([1, 50, 700, 5_000, 60_000], random) * random();
      for (const cache of exact) {
        if (at < cache.until) continue;
        cache.misses += 1;
        cache.until = at + cache.ttl;
      }
      if (at < lookAgainAt) continue;
      told += 1;
      lookAgainAt = trial.call(0, at, misses, 1, 0);
    }
    expect([...misses]).to.deep.equal(exact.map((cache) => cache.misses));
    expect(told)
      .to.be.below(20_000)
      .and.to.be.at.least(misses[0] ?? NaN);
  });

  it('counts a call of a key as many as it stands for', () => {
    const trial = new TtlTrial(2);
    trial.forget(1);
    const misses = noMisses();
    trial.call(1, 0, misses, 8, 0);
    expect([...misses]).to.deep.equal(TRIED_TTLS.map(() => 8));
  });

  it('has an entry for its ttl from the end of its load on', () => {
    const [shortest = NaN] = TRIED_TTLS;
    const trial = new TtlTrial(1);
    trial.forget(0);
    const misses = noMisses();
    expect(trial.call(0, 0, misses, 1, 400)).to.equal(400 + shortest);
    trial.call(0, 399 + shortest, misses, 1, 400);
    expect(misses[0]).to.equal(1);
    trial.call(0, 400 + shortest, misses, 1, 400);
    expect(misses[0]).to.equal(2);
  });

  describe('and a load that really is under way', () => {
    const [shortest = NaN, second = NaN] = TRIED_TTLS;
    const LONG = 10 * second;
    let trial: TtlTrial;
    let misses: number[];

    beforeEach(() => {
      trial = new TtlTrial(2);
      trial.forget(0);
      misses = noMisses();
      call(0);
      trial.begins(0, misses, 1);
    });

    const call = (at: number) => trial.call(0, at, misses, 1, 100);
    const join = () => {
      trial.joined(0, misses, 1);
    };

    /** How many more miss, by ttl. */
    const after = (act: () => unknown) => {
      const before = [...misses];
      act();
      return misses.map((count, ttl) => count - (before[ttl] ?? NaN));
    };
    const all = TRIED_TTLS.map(() => 1);
    const none = TRIED_TTLS.map(() => 0);
    const shortestAlone = [1, ...none.slice(1)];

    it('has those wait for it who join it, however long it takes', () => {
      for (const at of [50, LONG]) {
        expect(
          after(() => call(at)),
          'by themselves',
        ).to.deep.equal(none);
        expect(after(join)).to.deep.equal(all);
      }
    });

    it('leaves an entry from its end on', () => {
      trial.filled(0, LONG);
      expect(after(join)).to.deep.equal(none);
      expect(after(() => call(LONG + shortest - 1))).to.deep.equal(none);
      expect(after(() => call(LONG + shortest))).to.deep.equal(shortestAlone);
    });

    it('is over where an entry is found, whoever has loaded it', () => {
      trial.found(0);
      expect(after(join)).to.deep.equal(none);
      expect(after(() => call(100 + shortest))).to.deep.equal(shortestAlone);
    });

    it('is that of a ttl alone that would have begun it, where others have an entry', () => {
      trial.filled(0, 100);
      call(100 + shortest);
      trial.begins(0, misses, 1);
      expect(after(join)).to.deep.equal(shortestAlone);
    });

    it('has its callers wait for the next one, where nobody may join it any more', () => {
      expect(
        after(() => {
          call(50);
          trial.begins(0, misses, 1);
        }),
      ).to.deep.equal(all);
      expect(after(join)).to.deep.equal(all);
    });

    it('is of its key, until that is invalidated, or written', () => {
      expect(
        after(() => {
          trial.joined(1, misses, 1);
        }),
      ).to.deep.equal(none);
      trial.forget(0);
      expect(after(join)).to.deep.equal(none);
      call(0);
      trial.begins(0, misses, 1);
      trial.written(0, 50);
      expect(after(join)).to.deep.equal(none);
      expect(after(() => call(49 + shortest))).to.deep.equal(none);
    });
  });

  it('misses in each cache after an invalidation', () => {
    const trial = new TtlTrial(1);
    const misses = noMisses();
    for (const at of [0, 10]) {
      trial.forget(0);
      trial.call(0, at, misses, 1, 0);
    }
    expect([...misses]).to.deep.equal(TRIED_TTLS.map(() => 2));
  });
});
