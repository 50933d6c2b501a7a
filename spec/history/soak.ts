/** `npm run soak -- --minutes 30 --seed 1`: random histories with random faults, until the time is over or one is wrong. */
import { parseArgs } from 'node:util';

import { FAULTS } from './faults.js';
import { HistoryRun } from './history-run.js';
import { describeViolation } from './history.js';
import { pick, seededRandom } from '../support/random.js';
import { describeOutcome } from './report.js';

const LOAD = { processes: 4, keys: 40, readers: 8, writers: 3 };
const ROUND = 20_000;
const MOST_FAULTS = 14;

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '5' }, seed: { type: 'string', default: String(Date.now()) } },
});
const [minutes, seed] = [Number(values.minutes), Number(values.seed)];
if (!(minutes > 0) || !Number.isSafeInteger(seed)) {
  console.error('Expected `--minutes` to be a number above 0, and `--seed` a whole number');
  process.exit(2);
}

const random = seededRandom(seed);
const until = Date.now() + minutes * 60_000;
console.log(`seed ${seed}, ${minutes} minutes`);
const run = await HistoryRun.start(LOAD);
let wrong = 0;
for (let round = 1; Date.now() < until && wrong === 0; round += 1) {
  const faults = Array.from({ length: 1 + Math.floor(random() * MOST_FAULTS) }, () => pick(FAULTS, random));
  const outcome = await run.playRound(faults, ROUND, random);
  console.log(`round ${round}: ${describeOutcome(outcome)}; faults: ${outcome.faults.join('; ')}`);
  for (const violation of outcome.violations) console.log(`  ${describeViolation(violation)}`);
  for (const key of outcome.wrongAtTheEnd) console.log(`  ${key} is wrong at the end`);
  wrong = outcome.violations.length + outcome.wrongAtTheEnd.length;
}
const endings = await run.stop();
console.log(`processes ended with ${endings.join(', ')}`);
process.exit(wrong === 0 && endings.every((ending) => ending === 0) ? 0 : 1);
