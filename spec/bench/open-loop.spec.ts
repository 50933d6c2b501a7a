import { expect } from 'chai';

import { latenciesOf } from '../../bench/open-loop/latencies.js';
import { offerCalls } from '../../bench/open-loop/offer.js';
import { Schedule } from '../../bench/open-loop/schedule.js';

describe('an open loop', () => {
  const schedule = new Schedule({ perSecond: 200, milliseconds: 1_000 });

  it('plans as many calls as the rate says, at equal distances from the start on', () => {
    expect(schedule.calls).to.equal(200);
    expect([0, 1, 199].map((index) => schedule.startOf(index))).to.deep.equal([0, 5, 995]);
  });

  it('knows how many calls are due, and never more than there are', () => {
    expect([-1, 0, 4.9, 5, 12, 995, 5_000].map((time) => schedule.dueBy(time))).to.deep.equal([
      0, 1, 1, 2, 3, 200, 200,
    ]);
  });

  it('has made each call by the time at which it is due', () => {
    const uneven = new Schedule({ perSecond: 30, milliseconds: 1_000 });
    for (let index = 0; index < uneven.calls; index += 1) {
      expect(uneven.dueBy(uneven.startOf(index) + 1e-9), `call ${index}`).to.equal(index + 1);
    }
  });

  it('makes every call once, in order, whether or not those before were answered', async () => {
    const made: number[] = [];
    let answer = () => undefined as void;
    const last = new Promise<void>((resolve) => {
      answer = resolve;
    });
    await offerCalls({ perSecond: 1_000, milliseconds: 5 }, async (index) => {
      made.push(index);
      if (index === 4) answer();
      await last;
    });
    expect(made).to.deep.equal([0, 1, 2, 3, 4]);
  });

  it('counts each call from when it was to be made, also where the process was held up', async () => {
    const latencies = await offerCalls({ perSecond: 1_000, milliseconds: 20 }, async (index) => {
      const until = performance.now() + (index === 0 ? 15 : 0);
      while (performance.now() < until);
    });
    expect(latencies).to.have.length(20);
    // Those of indices 1 and 10 were due 1 and 10 ms after the start, and could not be made for 15 ms.
    expect(latencies[1]).to.be.at.least(13.9);
    expect(latencies[10]).to.be.at.least(4.9);
  });

  it('says nothing of calls of which there were none', () => {
    expect(latenciesOf(new Float64Array(0))).to.deep.equal({ p50: NaN, p99: NaN, p999: NaN, max: NaN });
  });
});
