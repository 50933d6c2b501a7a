/**
 * `npm test`: the type check of everything, then all specs, each in both dialects. Arguments go to mocha. The last line is `N passed, N failed`, over all of it.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { ensureRedis } from './support/ensure-redis.mjs';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const DIALECTS = [
  { name: 'legacy', tsconfig: 'tsconfig.json' },
  { name: 'standard', tsconfig: 'tsconfig.standard.json' },
];
const MOCHA = ['node_modules/mocha/bin/mocha.js', '--reporter', 'spec/support/counting-reporter.mjs'];

/** @typedef {{ passed: number, failed: number }} Counts */

const mochaArguments = process.argv.slice(2);
try {
  process.chdir(ROOT);
  ensureRedis();
  const counts = [...(await checkTypes()), ...(await runSpecs())];
  const passed = sum(counts.map((count) => count.passed));
  const failed = sum(counts.map((count) => count.failed));
  console.log(`\n${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  console.log('\n0 passed, 1 failed');
  process.exitCode = 1;
}

/** @returns {Promise<Counts[]>} */
async function checkTypes() {
  const everything = DIALECTS.map(({ name, tsconfig }) => ({
    title: `type check of everything, ${name} decorators`,
    compiler: 'typescript',
    args: ['-p', tsconfig],
  }));
  console.log('\n  types');
  const counts = [];
  for (const check of everything) counts.push(await compile(check));
  return counts;
}

/** @param {{ title: string, compiler: string, args: string[] }} check @returns {Promise<Counts>} */
async function compile({ title, compiler, args }) {
  const { code, output } = await run([`node_modules/${compiler}/bin/tsc`, ...args]);
  console.log(`    ${code === 0 ? '✔' : '✘'} ${title}`);
  if (code !== 0) console.log(output);
  return code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

/** Both dialects at once; their outputs one after the other. @returns {Promise<Counts[]>} */
async function runSpecs() {
  const folder = mkdtempSync(join(tmpdir(), 'freshkeep-counts-'));
  try {
    const runs = DIALECTS.map(({ name, tsconfig }) => runMocha(name, tsconfig, join(folder, name)));
    const counts = [];
    for (const [index, { name }] of DIALECTS.entries()) {
      const { output, ...count } = await runs[index];
      console.log(`\n  specs, ${name} decorators\n${output}`);
      counts.push(count);
    }
    return [...counts, ...noneExecuted(counts)];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Nothing executed proves nothing. A selection (`--grep`) may leave one dialect without specs, as some run in one only.
 * @param {Counts[]} counts @returns {Counts[]}
 */
function noneExecuted(counts) {
  const executed = counts.map(({ passed, failed }) => passed + failed > 0);
  const enough = mochaArguments.length > 0 ? executed.some(Boolean) : executed.every(Boolean);
  if (enough) return [];
  console.log('Expected at least one spec to be executed, there was none');
  return [{ passed: 0, failed: 1 }];
}

/** @param {string} name @param {string} tsconfig @param {string} countsFile */
async function runMocha(name, tsconfig, countsFile) {
  const { code, output } = await run([...MOCHA, ...mochaArguments], {
    TSX_TSCONFIG_PATH: tsconfig,
    FRESHKEEP_SPEC_DIALECT: name,
    FRESHKEEP_SPEC_COUNTS: countsFile,
  });
  const counts = readCounts(countsFile);
  const { passed, failed } = counts ?? { passed: 0, failed: 0 };
  const crashed = counts === undefined || (code !== 0 && failed === 0);
  const note = crashed ? `\nmocha ended with ${code} before it could finish; counted as a failure\n` : '';
  return { output: output + note, passed, failed: crashed ? 1 : failed };
}

/** @param {string} file @returns {Counts | undefined} */
function readCounts(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/**
 * @param {string[]} args @param {Record<string, string>} [environment]
 * @returns {Promise<{ code: number | string, output: string }>}
 */
function run(args, environment = {}) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, {
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text) => (output += text));
    child.on('error', (error) => {
      resolve({ code: String(error), output });
    });
    child.on('close', (code, signal) => {
      resolve({ code: code ?? signal ?? 'an unknown signal', output });
    });
  });
}

/** @param {number[]} numbers */
function sum(numbers) {
  return numbers.reduce((total, number) => total + number, 0);
}
