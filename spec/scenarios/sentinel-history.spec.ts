import { expectAllRight } from '../history/expect-all-right.js';
import { HistoryRun } from '../history/history-run.js';
import { allFaults } from '../history/line-faults.js';
import { SENTINEL } from '../history/sentinel.js';
import { describeInOneDialect } from '../support/dialect.js';
import { pick, seededRandom } from '../support/random.js';

const LOAD = { processes: 3, keys: 30, readers: 6, writers: 2 };

describeInOneDialect('Processes with two tiers over a Sentinel group, with faults at random', function () {
  this.slow(20_000);

  it('leave a history in which no read is older than documented', async () => {
    const seed = Date.now();
    console.log(`      seed ${seed}`);
    const random = seededRandom(seed);
    const faults = [pick(SENTINEL.faults, random), pick(allFaults(SENTINEL), random)];
    const run = await HistoryRun.start(LOAD, SENTINEL);
    try {
      await expectAllRight(run, faults, 2_000, random);
    } finally {
      await run.stop();
    }
  });
});
