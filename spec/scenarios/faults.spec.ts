import { expect } from 'chai';

import { HistoryRun } from '../history/history-run.js';
import { describeViolation } from '../history/history.js';
import { allFaults } from '../history/line-faults.js';
import { ONE_SERVER } from '../history/one-server.js';
import { describeOutcome, slowestOf } from '../history/report.js';
import { describeInOneDialect } from '../support/dialect.js';

const LOAD = { processes: 3, keys: 24, readers: 8, writers: 3 };
const ROUND = 2_500;

/** A deadline, the load, and what is left of the fault's own length: a process that is blocked, or waits for its line, or both. */
const SLOWEST = 4_000;

const start = () => HistoryRun.start(LOAD, ONE_SERVER);

describeInOneDialect(
  'Three processes with two tiers, one of them an hour ahead and one behind, serve nothing too old',
  function () {
    this.slow(20_000);
    let run: Awaited<ReturnType<typeof start>>;

    before(async () => {
      run = await start();
    });

    /** An unhandled rejection would have ended a process with 1. */
    after(async () => {
      expect(await run.stop()).to.deep.equal(Array(LOAD.processes).fill(0));
    });

    for (const fault of allFaults(ONE_SERVER)) {
      it(`while ${fault.name}`, async () => {
        const outcome = await run.playRound([fault], ROUND, Math.random);
        console.log(`      ${describeOutcome(outcome)}`);
        expect(outcome.violations.map(describeViolation)).to.deep.equal([]);
        expect(outcome.wrongAtTheEnd, 'keys whose invalidation was lost').to.deep.equal([]);
        expect(slowestOf(outcome)).to.be.at.most(SLOWEST);
      });
    }
  },
);
