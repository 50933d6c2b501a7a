import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { playScenario } from './play.js';
import { withTables } from './report.js';
import { SCENARIOS, type Scenario } from './scenarios.js';

const ROOT = join(import.meta.dirname, '..');
const README = join(import.meta.dirname, 'README.md');
const RESULTS = join(import.meta.dirname, 'results');

const { only } = parseArgs({ options: { only: { type: 'string', multiple: true, default: [] } } }).values;
const chosen = choose(only);
build();
mkdirSync(RESULTS, { recursive: true });
for (const scenario of chosen) await measure(scenario);

function choose(names: readonly string[]): readonly Scenario[] {
  const known = SCENARIOS.map(({ name }) => name);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === undefined) return SCENARIOS.filter(({ name }) => names.length === 0 || names.includes(name));
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
  writeFileSync(join(RESULTS, `${scenario.name}.json`), `${JSON.stringify(results, undefined, 1)}\n`);
  const document = withTables(readFileSync(README, 'utf8'), scenario, results);
  writeFileSync(README, document);
  const [, table = ''] = document.split(`<!-- ${scenario.name}: written by npm run bench -->`);
  process.stdout.write(`${table.split('<!--')[0]?.trim() ?? ''}\n\n`);
}
