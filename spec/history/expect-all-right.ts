import { expect } from 'chai';

import type { Backing } from './backing.js';
import type { Fault } from './fault.js';
import type { HistoryRun } from './history-run.js';
import { describeViolation } from './history.js';
import { describeFaults, describeOutcome } from './report.js';

/** Plays a round, prints what happened and what it showed, and expects it to be right. */
export async function expectAllRight<B extends Backing>(
  run: HistoryRun<B>,
  faults: readonly Fault<B>[],
  milliseconds: number,
  random: () => number,
): Promise<void> {
  const outcome = await run.playRound(faults, milliseconds, random);
  console.log(`      ${describeFaults(outcome)}`);
  console.log(`      ${describeOutcome(outcome)}`);
  expect(outcome.violations.map(describeViolation)).to.deep.equal([]);
  expect(outcome.wrongAtTheEnd).to.deep.equal([]);
}
