import { expect } from 'chai';

import { Caller } from '../../bench/rounds/caller.js';
import { callsIn, DEFAULT_SETTING } from '../../bench/rounds/setting.js';
import { checkLoads } from '../../bench/tasks/task-name.js';

describe('rounds of the bench', () => {
  it('have as many calls as fit into their time', () => {
    expect(callsIn(1_000, DEFAULT_SETTING)).to.equal(30_000);
    expect(callsIn(1_000, { ...DEFAULT_SETTING, medium: 'redis' })).to.equal(60_000);
  });

  it('have a call for each that is to be under way, however slow they are', () => {
    expect(callsIn(1e9, { ...DEFAULT_SETTING, concurrency: 32 })).to.equal(32);
  });

  it('invalidate no entry twice', () => {
    expect(callsIn(10, { ...DEFAULT_SETTING, task: 'invalidation', keys: 500 })).to.equal(500);
  });

  it('fail where a hit was loaded, or a miss was not', () => {
    expect(() => {
      checkLoads('hit', 100, 1);
    }).to.throw('Expected 0 loads in 100 calls of hit, there were 1');
    expect(() => {
      checkLoads('miss', 100, 99);
    }).to.throw('Expected 100 loads in 100 calls of miss, there were 99');
    checkLoads('miss', 100, 100);
  });

  for (const concurrency of [1, 3]) {
    it(`go on where the round before has ended, with ${concurrency} calls under way`, async () => {
      const asked: number[] = [];
      let underWay = 0;
      let most = 0;
      const call = async (id: number) => {
        asked.push(id);
        underWay += 1;
        most = Math.max(most, underWay);
        await Promise.resolve();
        underWay -= 1;
      };
      const caller = new Caller(Uint32Array.of(7, 8, 9));
      await caller.run(call, { calls: 4, concurrency });
      await caller.run(call, { calls: 3, concurrency });
      expect(asked).to.deep.equal([7, 8, 9, 7, 8, 9, 7]);
      expect(most).to.equal(concurrency);
    });
  }
});
