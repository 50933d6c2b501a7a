/** `npm run soak -- --minutes 30 --seed 1 --on cluster`: random histories with random faults, until the time is over or one is wrong. */
import { parseArgs } from 'node:util';

import { pick, seededRandom } from '../support/random.js';
import type { Backing, BackingKind } from './backing.js';
import { CLUSTER } from './cluster.js';
import { HistoryRun } from './history-run.js';
import { describeViolation } from './history.js';
import { allFaults } from './line-faults.js';
import { ONE_SERVER } from './one-server.js';
import { describeFaults, describeOutcome, inSeconds } from './report.js';
import { SENTINEL } from './sentinel.js';

const LOAD = { processes: 4, keys: 40, readers: 8, writers: 3 };
const ROUND = 20_000;

/** How to soak each kind; failovers take some seconds each, however many there are. */
const ON: ReadonlyMap<string, () => Promise<boolean>> = new Map([
  ['server', () => soak(ONE_SERVER, 14)],
  ['cluster', () => soak(CLUSTER, 7)],
  ['sentinel', () => soak(SENTINEL, 7)],
]);

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '5' },
    seed: { type: 'string', default: String(Date.now()) },
    on: { type: 'string', default: 'server' },
  },
});
const [minutes, seed, play] = [Number(values.minutes), Number(values.seed), ON.get(values.on)];
if (!(minutes > 0) || !Number.isSafeInteger(seed)) {
  refuse('Expected `--minutes` to be a number above 0, and `--seed` a whole number');
} else if (play === undefined) {
  refuse(`Expected \`--on\` to be one of ${[...ON.keys()].join(', ')}, got '${values.on}'`);
} else {
  console.log(`seed ${seed}, ${minutes} minutes on ${values.on}`);
  process.exit((await play()) ? 0 : 1);
}

function refuse(message: string): void {
  console.error(message);
  process.exit(2);
}

/** Was all well? */
async function soak<B extends Backing>(kind: BackingKind<B>, mostFaults: number): Promise<boolean> {
  const random = seededRandom(seed);
  const until = Date.now() + minutes * 60_000;
  const run = await HistoryRun.start(LOAD, kind);
  let wrong = 0;
  for (let round = 1; Date.now() < until && wrong === 0; round += 1) {
    const faults = Array.from({ length: 1 + Math.floor(random() * mostFaults) }, () => pick(allFaults(kind), random));
    const outcome = await run.playRound(faults, ROUND, random);
    console.log(`round ${round}: ${describeOutcome(outcome)}; faults: ${describeFaults(outcome)}`);
    for (const violation of outcome.violations) {
      const at = inSeconds(violation.read.from - outcome.startedAt);
      console.log(`  at ${at} s ${describeViolation(violation)}`);
    }
    for (const key of outcome.wrongAtTheEnd) console.log(`  ${key} is wrong at the end`);
    wrong = outcome.violations.length + outcome.wrongAtTheEnd.length;
  }
  const endings = await run.stop();
  console.log(`processes ended with ${endings.join(', ')}`);
  return wrong === 0 && endings.every((ending) => ending === 0);
}
