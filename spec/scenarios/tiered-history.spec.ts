import { expect } from 'chai';

import { faultNamed } from '../history/fault.js';
import { HistoryRun } from '../history/history-run.js';
import { describeViolation } from '../history/history.js';
import { allFaults } from '../history/line-faults.js';
import { ONE_SERVER } from '../history/one-server.js';
import type { PlantedBug } from '../history/process-protocol.js';
import { pick, seededRandom } from '../support/random.js';
import { describeOutcome } from '../history/report.js';
import { describeInOneDialect } from '../support/dialect.js';

const LOAD = { processes: 4, keys: 40, readers: 8, writers: 3 };

/** Without the mechanism, such a fault leads to values that are too old. */
const CONTROLS: readonly { readonly bug: PlantedBug; readonly fault: string }[] = [
  { bug: 'ticket check off', fault: 'scripts are flushed' },
  { bug: 'bus gap ignored', fault: 'all messages of the bus are lost' },
  { bug: 'queue dropped', fault: 'Redis is read-only' },
];
const ROUNDS_OF_CONTROL = 3;

describeInOneDialect('Processes with two tiers, reads, writes and faults at random', function () {
  this.slow(30_000);
  let run: Pick<Awaited<ReturnType<typeof HistoryRun.start>>, 'stop'> | undefined;

  afterEach(async () => {
    await run?.stop();
    run = undefined;
  });

  it('leave a history in which no read is older than documented', async () => {
    const seed = Date.now();
    const random = seededRandom(seed);
    const faults = Array.from({ length: 8 }, () => pick(allFaults(ONE_SERVER), random));
    console.log(`      seed ${seed}: ${faults.map(({ name }) => name).join('; ')}`);
    const history = (run = await HistoryRun.start(LOAD, ONE_SERVER));
    const outcome = await history.playRound(faults, 12_000, random);
    console.log(`      ${describeOutcome(outcome)}`);
    expect(outcome.violations.map(describeViolation)).to.deep.equal([]);
    expect(outcome.wrongAtTheEnd).to.deep.equal([]);
  });

  for (const { bug, fault } of CONTROLS) {
    it(`would be found out with this planted: ${bug}`, async () => {
      const history = (run = await HistoryRun.start({ ...LOAD, bug }, ONE_SERVER));
      let found = 0;
      for (let round = 1; round <= ROUNDS_OF_CONTROL && found === 0; round += 1) {
        const outcome = await history.playRound([faultNamed(allFaults(ONE_SERVER), fault)], 3_000, Math.random);
        found = outcome.violations.length + outcome.wrongAtTheEnd.length;
        console.log(`      ${describeOutcome(outcome)}`);
      }
      expect(found).to.be.greaterThan(0);
    });
  }
});
