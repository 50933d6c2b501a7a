import { cpus } from 'node:os';
import { join } from 'node:path';

import { startRedis } from '../spec/support/redis-server.js';
import { keepCoresAwake } from './awake-cores.js';
import { seededRandom } from '../spec/support/random.js';
import { shuffled } from './random.js';
import type { Scenario, Variant } from './scenarios.js';
import { spreadOf } from './statistics.js';
import { WorkerProcess, type Measured, type WorkerOptions } from './worker-process.js';

/** When and on what something was measured. */
export interface Run {
  readonly measuredAt: string;
  readonly node: string;
  readonly processor: string;
}

/** All that was measured, as it is written to `results/`. */
export interface Results extends Run {
  readonly scenario: string;
  readonly operationsPerRound: number;
  readonly lines: readonly ResultLine[];
}

export interface ResultLine {
  readonly variant: string;
  readonly contender: string;
  /** One for each round, in the order in which they were played. */
  readonly rounds: readonly Measured[];
  readonly bytesPerCall: number;
}

const WARM_UP_ROUNDS = 10;
const WEIGHED_CALLS = 5_000;
const WEIGHED_ROUNDS = 9;

export async function playScenario(scenario: Scenario): Promise<Results> {
  const redis = scenario.redis ? await startRedis() : undefined;
  const letCoresSleep = scenario.eachCall ? keepCoresAwake() : undefined;
  try {
    const environment: Record<string, string> = redis === undefined ? {} : { BENCH_REDIS_PORT: String(redis.port) };
    const lines: ResultLine[] = [];
    for (const variant of scenario.variants) lines.push(...(await playVariant(scenario, variant, environment)));
    return { ...describeRun(), scenario: scenario.name, operationsPerRound: scenario.operations, lines };
  } finally {
    letCoresSleep?.();
    await redis?.stop();
  }
}

export function describeRun(): Run {
  const processors = cpus();
  return {
    measuredAt: new Date().toISOString(),
    node: process.version,
    processor: `${processors.length} × ${processors[0]?.model.trim() ?? 'unknown'}`,
  };
}

async function playVariant(
  scenario: Scenario,
  { name, keys, popularity, records }: Variant,
  environment: Readonly<Record<string, string>>,
): Promise<ResultLine[]> {
  const entrants = Object.entries(scenario.contenders).map(([contender, file]) => ({
    contender,
    options: {
      file: join(import.meta.dirname, 'contenders', file),
      keys,
      popularity,
      environment: { ...environment, ...(records === undefined ? {} : { BENCH_RECORDS: String(records) }) },
    },
    rounds: [] as Measured[],
  }));
  const random = seededRandom(7);
  for (let generation = 0; generation < scenario.processes; generation += 1) {
    await takeTurns(scenario, entrants, random);
  }
  const lines: ResultLine[] = [];
  for (const { contender, options, rounds } of entrants) {
    lines.push({
      variant: name,
      contender,
      rounds,
      bytesPerCall: await weigh(options, scenario.weighedCalls ?? WEIGHED_CALLS),
    });
  }
  return lines;
}

interface Entrant {
  readonly options: WorkerOptions;
  /** Where its rounds are noted. */
  readonly rounds: Measured[];
}

/** One process of each contender. Every round in a new order, so that what else the machine does meets all alike. */
async function takeTurns(
  { rounds, operations, eachCall }: Scenario,
  entrants: readonly Entrant[],
  random: () => number,
): Promise<void> {
  const workers: { readonly worker: WorkerProcess; readonly noted: Measured[] }[] = [];
  for (const { options, rounds: noted } of entrants) {
    workers.push({ worker: await WorkerProcess.start(options, 'round'), noted });
  }
  for (let round = -WARM_UP_ROUNDS; round < rounds; round += 1) {
    for (const { worker, noted } of shuffled(workers, random)) {
      const result = await worker.run({ kind: 'round', operations, eachCall });
      if (round >= 0) noted.push(result);
    }
  }
  for (const { worker } of workers) await worker.close();
}

async function weigh(options: WorkerOptions, calls: number): Promise<number> {
  const worker = await WorkerProcess.start(options, 'weigh');
  const weights: number[] = [];
  for (let round = -WARM_UP_ROUNDS; round < WEIGHED_ROUNDS; round += 1) {
    const { bytes = NaN } = await worker.run({ kind: 'weigh', operations: calls, eachCall: false });
    if (round >= 0) weights.push(bytes);
  }
  await worker.close();
  return Math.round(spreadOf(weights).median);
}
