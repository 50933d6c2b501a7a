import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { measureCompression } from './compression/measure.js';
import { formatCompression } from './compression/report.js';
import { describeRun, playScenario } from './play.js';
import { formatRun, withTables, withText } from './report.js';
import { SCENARIOS, type Scenario } from './scenarios.js';

const ROOT = join(import.meta.dirname, '..');
const README = join(import.meta.dirname, 'README.md');
const RESULTS = join(import.meta.dirname, 'results');

/** Not a call, but what could be made part of one: there are no contenders for it. */
const COMPRESSION = 'compression';

const { only } = parseArgs({ options: { only: { type: 'string', multiple: true, default: [] } } }).values;
const chosen = choose(only);
build();
mkdirSync(RESULTS, { recursive: true });
for (const name of chosen) {
  const scenario = SCENARIOS.find((other) => other.name === name);
  await (scenario === undefined ? compare() : measure(scenario));
}

function choose(names: readonly string[]): readonly string[] {
  const known = [...SCENARIOS.map(({ name }) => name), COMPRESSION];
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === undefined) return known.filter((name) => names.length === 0 || names.includes(name));
  process.stderr.write(`There is no scenario ${unknown}; there are ${known.join(', ')}.\n`);
  process.exit(1);
}

/** What is measured is what is published. */
function build(): void {
  const compiler = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  execFileSync(process.execPath, [compiler, '-p', join(ROOT, 'tsconfig.build.json')], { stdio: 'inherit' });
}

async function measure(scenario: Scenario): Promise<void> {
  process.stdout.write(`${scenario.name}: ${scenario.question}\n`);
  const results = await playScenario(scenario);
  publish(scenario.name, results, (document) => withTables(document, scenario, results));
}

async function compare(): Promise<void> {
  const question = 'What do the ways to compress that every supported Node has save, and what do they cost?';
  process.stdout.write(`${COMPRESSION}: ${question}\n`);
  const [run, results] = [describeRun(), await measureCompression()];
  const text = `${formatRun(question, run)}.\n\n${formatCompression(results)}`;
  publish(COMPRESSION, { ...run, ...results }, (document) => withText(document, COMPRESSION, text));
}

function publish(name: string, results: unknown, into: (document: string) => string): void {
  writeFileSync(join(RESULTS, `${name}.json`), `${JSON.stringify(results, undefined, 1)}\n`);
  const document = into(readFileSync(README, 'utf8'));
  writeFileSync(README, document);
  const [, table = ''] = document.split(`<!-- ${name}: written by npm run bench -->`);
  process.stdout.write(`${table.split('<!--')[0]?.trim() ?? ''}\n\n`);
}
