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
    const [shortest = NaN] = TRIED_TTLS;
    let trial: TtlTrial;
    let misses: number[];

    beforeEach(() => {
      trial = new TtlTrial(2);
      trial.forget(0);
      misses = noMisses();
      trial.call(0, 0, misses, 1, 100);
      trial.begins(0);
    });

    const after = (act: () => void) => {
      const before = [...misses];
      act();
      return misses.map((count, ttl) => count - (before[ttl] ?? NaN));
    };
    const all = TRIED_TTLS.map(() => 1);
    const none = TRIED_TTLS.map(() => 0);
    const butShortest = [0, ...all.slice(1)];

    const join = () => {
      trial.joined(0, misses, 1);
    };

    it('has those wait for it who join it, with each ttl that would have begun it as well', () => {
      expect(after(join)).to.deep.equal(all);
      trial.filled(0);
      expect(after(join), 'once it has left an entry').to.deep.equal(none);
    });

    it('is none of a ttl that would have begun another one meanwhile', () => {
      trial.call(0, 100 + shortest, misses, 1, 100);
      expect(after(join)).to.deep.equal(butShortest);
      trial.unfilled(0);
      expect(after(() => trial.call(0, 101 + shortest, misses, 1, 100))).to.deep.equal(butShortest);
    });

    it('is that of a ttl alone that would have begun it, where others have an entry', () => {
      trial.filled(0);
      trial.call(0, 100 + shortest, misses, 1, 100);
      trial.begins(0);
      expect(after(join)).to.deep.equal([1, ...none.slice(1)]);
    });

    it('leaves no entry in the trial where it leaves none', () => {
      trial.unfilled(0);
      expect(after(() => trial.call(0, 101, misses, 1, 100))).to.deep.equal(all);
    });

    it('is of its key, until that is invalidated', () => {
      expect(
        after(() => {
          trial.joined(1, misses, 1);
        }),
      ).to.deep.equal(none);
      trial.forget(0);
      expect(after(join)).to.deep.equal(none);
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
