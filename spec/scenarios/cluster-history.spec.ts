import { expect } from 'chai';

import { CLUSTER, type ClusterBacking } from '../history/cluster.js';
import { expectAllRight } from '../history/expect-all-right.js';
import { faultNamed } from '../history/fault.js';
import { HistoryRun } from '../history/history-run.js';
import { allFaults } from '../history/line-faults.js';
import { describeOutcome } from '../history/report.js';
import { describeInOneDialect } from '../support/dialect.js';
import { pick, seededRandom } from '../support/random.js';

const PROCESSES = 3;
const LOAD = { keys: 30, readers: 6, writers: 2 };
const ROUNDS_OF_CONTROL = 3;

describeInOneDialect('Processes with two tiers over a Redis Cluster, with faults at random', function () {
  this.slow(20_000);
  let backing: ClusterBacking;
  let run: HistoryRun<ClusterBacking> | undefined;

  before(async () => {
    backing = await CLUSTER.start(PROCESSES);
  });

  after(() => backing.stop());

  afterEach(async () => {
    await run?.stop();
    run = undefined;
  });

  it('leave a history in which no read is older than documented', async () => {
    const seed = Date.now();
    console.log(`      seed ${seed}`);
    const random = seededRandom(seed);
    const faults = [pick(CLUSTER.faults, random), pick(allFaults(CLUSTER), random)];
    run = await HistoryRun.over(LOAD, backing);
    await expectAllRight(run, faults, 2_000, random);
  });

  it('would be found out with this planted: bus gap ignored', async () => {
    run = await HistoryRun.over({ ...LOAD, bug: 'bus gap ignored' }, backing);
    const fault = faultNamed(allFaults(CLUSTER), 'all messages of the bus are lost');
    let found = 0;
    for (let round = 1; round <= ROUNDS_OF_CONTROL && found === 0; round += 1) {
      const outcome = await run.playRound([fault], 2_000, Math.random);
      found = outcome.violations.length + outcome.wrongAtTheEnd.length;
      console.log(`      ${describeOutcome(outcome)}`);
    }
    expect(found).to.be.greaterThan(0);
  });
});
