import { expect } from 'chai';
import sinon from 'sinon';

import { now, nowInThisTurn } from '../../lib/time/clock.js';

/** The next turn of the event loop. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('the clock', () => {
  it('never goes back, whatever happens to the wall clock', () => {
    const wallClock = sinon.stub(Date, 'now').returns(0);
    try {
      const before = now();
      expect(now()).to.be.at.least(before);
      expect(before).to.be.above(0);
    } finally {
      wallClock.restore();
    }
  });

  it('is governed by fake timers, at once and exactly', async () => {
    const clock = sinon.useFakeTimers();
    try {
      const [start, startOfTurn] = [now(), nowInThisTurn()];
      clock.tick(1_234);
      expect(now() - start).to.equal(1_234);
      expect(nowInThisTurn() - startOfTurn).to.equal(1_234);
      await clock.tickAsync(1);
      expect(nowInThisTurn() - startOfTurn).to.equal(1_235);
    } finally {
      clock.restore();
    }
  });

  it('is read anew in each turn of the event loop', async () => {
    const first = nowInThisTurn();
    await turn();
    while (performance.now() <= first + 1);
    await turn();
    expect(nowInThisTurn()).to.be.above(first);
  });

  it('is behind the time by no more than a turn takes, and by no more than a few calls', () => {
    const first = nowInThisTurn();
    while (performance.now() <= first + 2);
    let reading = first;
    for (let call = 0; call < 40; call += 1) reading = nowInThisTurn();
    expect(reading).to.be.above(first);
  });
});
