import { expect } from 'chai';

import { CallRates } from '../../lib/statistics/call-rates.js';
import { seededRandom } from '../support/random.js';

const SECOND = 1_000;
const HOUR = 3_600 * SECOND;

describe('rates of calls', () => {
  /** Calls come at random for an hour. After one that is told, those of the next second are not; `disturb` may end that. */
  const estimate = (callsInASecond: number, disturb: (rates: CallRates, at: number, quietUntil: number) => number) => {
    const random = seededRandom(Math.round(callsInASecond * 1_000));
    const rates = new CallRates(1);
    let [told, estimated, real] = [0, 0, 0];
    for (let key = 0; key < 200; key += 1) {
      rates.forget(0);
      let [at, quietUntil] = [0, 0];
      for (let calls = 0; calls < 20_000; calls += 1) {
        const next = at - (Math.log(1 - random()) * SECOND) / callsInASecond;
        quietUntil = disturb(rates, at, quietUntil);
        if (next > HOUR) break;
        at = next;
        real += 1;
        if (at < quietUntil) continue;
        told += 1;
        quietUntil = at + SECOND;
        rates.add(0, at, quietUntil);
      }
      if (at > 0) estimated += rates.countUpTo(0, at);
    }
    return { ratio: estimated / real, told: told / real };
  };

  it('are the same where some calls are told before their time', () => {
    const random = seededRandom(4);
    const rates = new CallRates(1);
    rates.forget(0);
    let [at, quietUntil] = [0, 0];
    for (let call = 0; call < 20_000; call += 1) {
      at -= (Math.log(1 - random()) * SECOND) / 2;
      if (at >= quietUntil) quietUntil = at + SECOND;
      else if (random() < 0.5) continue;
      rates.add(0, at, quietUntil);
    }
    expect(rates.upTo(0, at) * SECOND).to.be.closeTo(2, 0.06);
  });

  for (const callsInASecond of [0.01, 0.3, 3, 30]) {
    it(`count ${callsInASecond} calls a second, though few are told`, () => {
      const { ratio, told } = estimate(callsInASecond, (_rates, _at, quietUntil) => quietUntil);
      expect(ratio).to.be.closeTo(1, 0.03);
      if (callsInASecond > 10) expect(told).to.be.below(0.1);
    });

    it(`count ${callsInASecond} calls a second where more are told at times`, () => {
      const random = seededRandom(5);
      const { ratio } = estimate(callsInASecond, (rates, at, quietUntil) => {
        if (random() > 0.2) return quietUntil;
        rates.toldFrom(0, at);
        return Math.min(quietUntil, at);
      });
      expect(ratio).to.be.closeTo(1, 0.03);
    });
  }

  it('count one call as one', () => {
    const rates = new CallRates(2);
    rates.forget(1);
    rates.add(1, 500, 1_500);
    expect(rates.countUpTo(1, 900)).to.equal(1);
  });

  it('count those alone that come after the others were settled', () => {
    const rates = new CallRates(1);
    rates.forget(0);
    for (let at = 0; at <= 10_000; at += 1_000) rates.add(0, at, at);
    expect(rates.settle(0, 10_000)).to.be.closeTo(11, 0.01);
    expect(rates.countUpTo(0, 10_000)).to.equal(0);
    rates.add(0, 11_000, 12_000);
    expect(rates.countUpTo(0, 11_000)).to.equal(1);
    expect(rates.countUpTo(0, 12_000)).to.be.closeTo(2, 0.1);
  });

  it('count none in a time of which all calls are told', () => {
    const rates = new CallRates(1);
    rates.forget(0);
    for (let at = 0; at <= 10_000; at += 1_000) rates.add(0, at, at);
    expect(rates.countUpTo(0, 1_000_000)).to.equal(11);
  });

  it('count calls that come in numbers by day, and hardly at night', () => {
    const random = seededRandom(9);
    const rates = new CallRates(1);
    let [estimated, real] = [0, 0];
    for (let key = 0; key < 20; key += 1) {
      rates.forget(0);
      let [at, quietUntil, isNight] = [0, 0, false];
      while (at < 2 * HOUR) {
        at -= Math.log(1 - random()) * (isNight ? 20 : 1) * SECOND;
        if (at > HOUR && !isNight) {
          estimated += rates.settle(0, HOUR);
          isNight = true;
        }
        real += 1;
        if (at < quietUntil) continue;
        quietUntil = at + SECOND;
        rates.add(0, at, quietUntil);
      }
      estimated += rates.countUpTo(0, 2 * HOUR);
    }
    expect(estimated / real).to.be.closeTo(1, 0.03);
  });
});
