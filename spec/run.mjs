/**
 * `npm test`: the type check of everything, then all specs: those with decorators in both dialects, all others, to which the
 * dialect makes no difference, in one. Three runs of mocha go on at a time: they wait about as long as they work. Arguments go to mocha.
 * What failed is said once more at the end. The last line is `N passed, N failed`, over all of it.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { ensureChromium } from './support/ensure-chromium.mjs';
import { ensureRedis } from './support/ensure-redis.mjs';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const DIALECTS = [
  { name: 'legacy', tsconfig: 'tsconfig.json' },
  { name: 'standard', tsconfig: 'tsconfig.standard.json' },
];
const AT_ONCE = 3;
/** It takes a third of the time. `npm run lint` asks the compiler that most users have. */
const NATIVE = 'typescript-7.0';
/** In a spec to which the dialect matters: it decorates something itself, runs a sample, which does, or asks for the dialect. */
const DEPENDS_ON_DIALECT = /@\w+\(|support\/(sample-process|dialect)\.js|samples\//;
const MOCHA = ['node_modules/mocha/bin/mocha.js', '--reporter', 'spec/support/counting-reporter.mjs'];

/** @typedef {{ passed: number, failed: number, failures?: string[] }} Counts */

const mochaArguments = process.argv.slice(2);
try {
  process.chdir(ROOT);
  ensureRedis();
  ensureChromium();
  await bundlePage();
  const counts = [...(await checkTypes()), ...(await runSpecs())];
  const passed = sum(counts.map((count) => count.passed));
  const failed = sum(counts.map((count) => count.failed));
  for (const failure of counts.flatMap(({ failures }) => failures ?? [])) console.log(`\n✘ ${failure}`);
  console.log(`\n${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  console.log('\n0 passed, 1 failed');
  process.exitCode = 1;
}

/** The page of the dashboard, as it is in its sources now: nothing that is tested is older than they. */
async function bundlePage() {
  const { code, output } = await run(['lib/dashboard/page/bundle.mjs']);
  if (code !== 0) throw new Error(`The page of the dashboard could not be bundled:\n${output}`);
}

/** @returns {Promise<Counts[]>} */
async function checkTypes() {
  const everything = DIALECTS.map(({ name, tsconfig }) => ({
    title: `type check of everything, ${name} decorators`,
    compiler: NATIVE,
    args: ['-p', tsconfig],
  }));
  const page = {
    title: 'type check of the page of the dashboard',
    compiler: NATIVE,
    args: ['-p', 'lib/dashboard/page/tsconfig.json'],
  };
  console.log('\n  types');
  return Promise.all([...everything, page].map(compile));
}

/** @param {{ title: string, compiler: string, args: string[] }} check @returns {Promise<Counts>} */
async function compile({ title, compiler, args }) {
  const { code, output } = await run([`node_modules/${compiler}/bin/tsc`, ...args]);
  console.log(`    ${code === 0 ? '✔' : '✘'} ${title}`);
  return code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1, failures: [`${title}\n${output}`] };
}

/** @typedef {{ title: string, dialect: typeof DIALECTS[number], files: string[] }} Job */

/** @returns {Promise<Counts[]>} */
async function runSpecs() {
  const folder = mkdtempSync(join(tmpdir(), 'freshkeep-counts-'));
  try {
    const jobs = planJobs();
    /** @type {Counts[]} */
    const counts = [];
    const workers = Array.from({ length: AT_ONCE }, async () => {
      for (let job = jobs.shift(); job !== undefined; job = jobs.shift()) {
        const { output, ...count } = await runMocha(job, join(folder, String(jobs.length)));
        console.log(`\n  ${job.title}\n${output}`);
        counts.push(count);
      }
    });
    await Promise.all(workers);
    return [...counts, ...noneExecuted(counts)];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * One run for each dialect, and for each file about samples in each; then those of real processes: one for each file about the whole
 * (types, the package) and of scenarios, which take longest, and one for each folder of others.
 * @returns {Job[]}
 */
function planJobs() {
  const files = readdirSync('spec', { recursive: true })
    .map((file) => join('spec', String(file)))
    .filter((file) => file.endsWith('.spec.ts'))
    .sort();
  const [legacy, standard] = DIALECTS;
  const alone = files.filter(isOfRealProcesses);
  const scenarios = alone.filter((file) => file.includes('scenarios'));
  const ofWhole = alone.filter((file) => dirname(file) === 'spec');
  const others = alone.filter((file) => !file.includes('scenarios') && !ofWhole.includes(file));
  const inBoth = files.filter((file) => !isOfRealProcesses(file));
  const samples = inBoth.filter(isOfSamples);
  const together = inBoth.filter((file) => !isOfSamples(file));
  return [
    { title: `specs, ${legacy.name} decorators`, dialect: legacy, files: together },
    { title: `specs, ${standard.name} decorators`, dialect: standard, files: together.filter(dependsOnDialect) },
    ...DIALECTS.flatMap((dialect) =>
      samples.map((file) => ({ title: `${file}, ${dialect.name} decorators`, dialect, files: [file] })),
    ),
    ...[...ofWhole, ...scenarios].map((file) => ({ title: file, dialect: legacy, files: [file] })),
    ...[...byFolder(others)].map(([folder, inIt]) => ({ title: folder, dialect: legacy, files: inIt })),
  ];
}

/** To start mocha takes as long as many of them do. @param {string[]} files @returns {Map<string, string[]>} */
function byFolder(files) {
  /** @type {Map<string, string[]>} */
  const folders = new Map();
  for (const file of files) folders.set(dirname(file), [...(folders.get(dirname(file)) ?? []), file]);
  return folders;
}

/** Besides all of those that are about decorators. @param {string} file */
function dependsOnDialect(file) {
  return file.startsWith(join('spec', 'decorators')) || DEPENDS_ON_DIALECT.test(readFileSync(file, 'utf8'));
}

/** @param {string} file */
function isOfSamples(file) {
  return file.startsWith(join('spec', 'samples'));
}

/** @param {string} file */
function isOfRealProcesses(file) {
  const text = readFileSync(file, 'utf8');
  return /^describeInOneDialect\(/m.test(text) && !/^describe\(/m.test(text);
}

/**
 * Nothing executed proves nothing. A selection (`--grep`) may leave a run without specs.
 * @param {Counts[]} counts @returns {Counts[]}
 */
function noneExecuted(counts) {
  const executed = counts.map(({ passed, failed }) => passed + failed > 0);
  const enough = mochaArguments.length > 0 ? executed.some(Boolean) : executed.every(Boolean);
  if (enough) return [];
  return [{ passed: 0, failed: 1, failures: ['Expected at least one spec to be executed, there was none'] }];
}

/**
 * Where sockets were reset, Node 20 may wait for one of them for ever when it ends by itself (in `CleanupHandles`): runs of real
 * processes are told to end.
 * @param {Job} job @param {string} countsFile
 */
async function runMocha({ title, dialect, files }, countsFile) {
  const ending = files.every(isOfRealProcesses) ? ['--exit'] : [];
  const { code, output } = await run([...MOCHA, ...configuration(), ...ending, ...mochaArguments, ...files], {
    TSX_TSCONFIG_PATH: dialect.tsconfig,
    FRESHKEEP_SPEC_DIALECT: dialect.name,
    FRESHKEEP_SPEC_COUNTS: countsFile,
  });
  const counts = readCounts(countsFile);
  const { passed, failed, failures } = counts ?? { passed: 0, failed: 0 };
  const crashed = counts === undefined || (code !== 0 && failed === 0);
  if (!crashed) return { output, passed, failed, failures };
  return { output, passed, failed: 1, failures: [`${title}: mocha ended with ${code} before it could finish`] };
}

/** What `.mocharc.json` says, but for the files: mocha would add ours to them. */
function configuration() {
  const options = Object.entries(JSON.parse(readFileSync('.mocharc.json', 'utf8')));
  const args = options
    .filter(([name]) => name !== 'spec')
    .flatMap(([name, value]) => [value].flat().map((item) => (item === true ? `--${name}` : `--${name}=${item}`)));
  return ['--no-config', ...args];
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
