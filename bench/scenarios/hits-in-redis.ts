import { FRESHKEEP, IOREDIS, IOREDIS_AUTOPIPELINING, own, RIVALS } from '../contenders.js';
import {
  ALLOCATED,
  CALLS_PER_SECOND,
  CPU_PER_MILLION,
  P99,
  P99_TIMES_FLOOR,
  SPREAD,
  THROUGHPUT,
  TIME,
  TIMES_FLOOR,
} from '../measures.js';
import type { RoundsScenario, RoundsVariant } from '../rounds/rounds-scenario.js';
import type { Setting } from '../rounds/setting.js';
import { atLeast, atMost } from '../scenario.js';

export const REDIS_HIT: RoundsScenario = {
  kind: 'rounds',
  name: 'redis-hit',
  question: 'What does a hit in Redis cost, with so many calls under way at a time?',
  setting: { medium: 'redis', value: 'document', keys: 2_000, popularity: 'in turn' },
  variants: [
    atConcurrency('2,000 keys in turn, 1 at a time', 1.0, { concurrency: 1, weighedCalls: 2_000 }),
    atConcurrency('2,000 keys in turn, 32 at a time', 1.5, { concurrency: 32 }),
    atConcurrency('2,000 keys in turn, 256 at a time', 2.0, { concurrency: 256 }),
    atConcurrency('100 keys, 256 at a time', 5.0, { concurrency: 256, keys: 100, popularity: 'uniform' }),
  ],
  contenders: [
    IOREDIS,
    IOREDIS_AUTOPIPELINING,
    FRESHKEEP,
    own('freshkeep-parsing', 'freshkeep, `decodedBytes: 0`'),
    ...RIVALS,
  ],
  columns: [CALLS_PER_SECOND, THROUGHPUT, P99, P99_TIMES_FLOOR, CPU_PER_MILLION, ALLOCATED],
  processes: 5,
  rounds: 12,
};

function atConcurrency(name: string, throughput: number, setting: Partial<Setting>): RoundsVariant {
  return { name, setting, targets: [atLeast(THROUGHPUT, throughput), atMost(P99_TIMES_FLOOR, 1)] };
}

const COMPRESSING = 'freshkeep, compressing';
const COMPRESSED = [atMost(TIMES_FLOOR, 1.5, COMPRESSING)];

export const COMPRESSED_HIT: RoundsScenario = {
  kind: 'rounds',
  name: 'compressed-hit',
  question: 'What does a hit in Redis cost whose value is compressed, one call after the other?',
  setting: { medium: 'redis', popularity: 'uniform', weighedCalls: 200 },
  variants: [
    { name: '200 keys of 2 kB', setting: { keys: 200, value: '7 records' }, targets: COMPRESSED },
    { name: '200 keys of 20 kB', setting: { keys: 200, value: '70 records' }, targets: COMPRESSED },
    { name: '50 keys of 200 kB', setting: { keys: 50, value: '680 records' }, targets: COMPRESSED },
  ],
  contenders: [own('freshkeep', 'freshkeep, not compressed'), own('freshkeep-compressing', COMPRESSING)],
  columns: [TIME, SPREAD, CALLS_PER_SECOND, TIMES_FLOOR, P99, ALLOCATED],
  processes: 5,
  rounds: 12,
};
