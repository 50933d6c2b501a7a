/** `npm run bench:guard -- <commit>`: is any hot path of the working tree slower than it was at that commit (default: the last one)? Exits with 1 where one is. */
import { join } from 'node:path';

import { keepCoresAwake } from './awake-cores.js';
import { build } from './build.js';
import { readCommandLine } from './command-line.js';
import { findCommit, OtherTree } from './guard/other-tree.js';
import { HOT_PATHS, type HotPath } from './guard/paths.js';
import { formatComparison, hasLost, HEAD, together, TOLERANCE, type Comparison } from './guard/verdict.js';
import { workOf } from './rounds/setting.js';
import { takeTurns } from './rounds/turns.js';

const ROOT = join(import.meta.dirname, '..');
/** Of each path and tree. */
const EFFORT = { processes: 3, rounds: 24, warmUpRounds: 8 };
/** How often a path is measured that seems to have lost. */
const ATTEMPTS = 3;

const { values, positionals } = readCommandLine({
  allowPositionals: true,
  options: { handicap: { type: 'boolean', default: false } },
});
const [name = 'HEAD'] = positionals;
const commit = findCommit(ROOT, name);
if (commit === undefined) {
  process.stderr.write(`There is no commit ${name}.\n`);
  process.exit(2);
}

const other = new OtherTree(ROOT, commit);
process.once('exit', () => {
  other.remove();
});
// More than once: whoever passes a signal on may repeat it, which must not cut the removal short.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(130));

process.stdout.write(`The working tree beside ${name} (${commit.slice(0, 10)})\n`);
const [before, now] = [other.build(), build(ROOT)];
const letCoresSleep = keepCoresAwake();
const lost = await compareAll();
letCoresSleep();
process.stdout.write(
  lost === 0
    ? `No path takes more than ${TOLERANCE * 100} % longer.\n`
    : `${lost} of ${HOT_PATHS.length} paths take more than ${TOLERANCE * 100} % longer.\n`,
);
process.exit(lost === 0 ? 0 : 1);

/** How many paths have lost. */
async function compareAll(): Promise<number> {
  process.stdout.write(`${HEAD}\n`);
  let losses = 0;
  for (const path of HOT_PATHS) {
    const comparison = await compareWithCare(path);
    process.stdout.write(`${formatComparison(comparison)}\n`);
    if (hasLost(comparison)) losses += 1;
  }
  return losses;
}

/** Whatever else the machine does may look like a loss. So a path that seems to have lost is measured again; all that was measured of it decides. */
async function compareWithCare(path: HotPath): Promise<Comparison> {
  let comparison = await compare(path);
  for (let attempt = 1; attempt < ATTEMPTS && hasLost(comparison); attempt += 1) {
    comparison = together(comparison, await compare(path));
  }
  return comparison;
}

async function compare({ name, contender, setting }: HotPath): Promise<Comparison> {
  const work = workOf(contender, setting);
  const [ofNow = [], ofBefore = []] = await takeTurns(
    [
      { setting, work: { ...work, handicapped: values.handicap }, environment: { BENCH_FRESHKEEP: now } },
      { setting, work, environment: { BENCH_FRESHKEEP: before } },
    ],
    EFFORT,
  );
  const times = (rounds: typeof ofNow) => rounds.map(({ nanoseconds }) => nanoseconds);
  return { path: name, now: times(ofNow), before: times(ofBefore) };
}
