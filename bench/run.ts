import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { build } from './build.js';
import { readCommandLine } from './command-line.js';
import { measureCompression } from './compression/measure.js';
import { formatCompression } from './compression/report.js';
import { RIVALS_FOLDER } from './contenders.js';
import { installRivals } from './install-rivals.js';
import { playScenario } from './play.js';
import { formatResults, formatRun, withTables, withText } from './report.js';
import { describeRun, parseResults, stringifyResults } from './results.js';
import { Roster } from './roster.js';
import { SCENARIOS, type Scenario } from './scenarios.js';

const ROOT = join(import.meta.dirname, '..');
const README = join(import.meta.dirname, 'README.md');
const RESULTS = join(import.meta.dirname, 'results');

/** Not a call, but what could be made part of one: there are no contenders for it. */
const COMPRESSION = 'compression';

const options = readCommandLine({
  options: {
    only: { type: 'string', multiple: true, default: [] },
    quick: { type: 'boolean', default: false },
    'without-rivals': { type: 'boolean', default: false },
    tables: { type: 'boolean', default: false },
  },
}).values;
const chosen = choose(options.only);
if (options.tables) chosen.forEach(rewriteTables);
else await measureAll(chosen);

function choose(names: readonly string[]): readonly string[] {
  const known = [...SCENARIOS.map(({ name }) => name), COMPRESSION];
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === undefined) return known.filter((name) => names.length === 0 || names.includes(name));
  process.stderr.write(`There is no scenario ${unknown}; there are ${known.join(', ')}.\n`);
  process.exit(1);
}

async function measureAll(names: readonly string[]): Promise<void> {
  const withRivals = !options['without-rivals'];
  if (withRivals) installRivals(RIVALS_FOLDER);
  build(ROOT);
  const roster = new Roster({ withRivals });
  for (const name of names) {
    const scenario = SCENARIOS.find((other) => other.name === name);
    await (scenario === undefined ? compare() : measure(scenario, roster));
  }
}

async function measure(scenario: Scenario, roster: Roster): Promise<void> {
  process.stdout.write(`${scenario.name}: ${scenario.question}\n`);
  const results = await playScenario(scenario, { quick: options.quick, roster });
  process.stdout.write(`${formatResults(scenario, results)}\n\n`);
  if (options.quick) return;
  keep(scenario.name, results);
  rewriteTables(scenario.name);
}

async function compare(): Promise<void> {
  const question = 'What do the ways to compress that every supported Node has save, and what do they cost?';
  process.stdout.write(`${COMPRESSION}: ${question}\n`);
  const [run, results] = [describeRun(), await measureCompression()];
  const text = `${formatRun(question, run)}.\n\n${formatCompression(results)}`;
  process.stdout.write(`${text}\n\n`);
  if (options.quick) return;
  keep(COMPRESSION, { ...run, ...results });
  rewriteReadme((document) => withText(document, COMPRESSION, text));
}

/** The tables of what was measured before, where it is still a scenario. */
function rewriteTables(name: string): void {
  const file = join(RESULTS, `${name}.json`);
  const scenario = SCENARIOS.find((other) => other.name === name);
  if (scenario === undefined || !existsSync(file)) return;
  const results = parseResults(readFileSync(file, 'utf8'));
  rewriteReadme((document) => withTables(document, scenario, results));
}

function keep(name: string, results: object): void {
  mkdirSync(RESULTS, { recursive: true });
  writeFileSync(join(RESULTS, `${name}.json`), stringifyResults(results));
}

function rewriteReadme(change: (document: string) => string): void {
  writeFileSync(README, change(readFileSync(README, 'utf8')));
}
