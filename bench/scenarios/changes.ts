import { FRESHKEEP, FRESHKEEP_WRAP, IOREDIS, LRU_CACHE, RIVALS } from '../contenders.js';
import { ALLOCATED, CALLS_PER_SECOND, CPU_PER_MILLION, SPREAD, TIME, TIMES_FLOOR } from '../measures.js';
import type { RoundsScenario } from '../rounds/rounds-scenario.js';

export const MISS: RoundsScenario = {
  kind: 'rounds',
  name: 'miss',
  question: 'What does a miss cost, whose source answers at once, one call after the other?',
  setting: { task: 'miss', keys: 1, popularity: 'uniform' },
  variants: [
    { name: 'memory', setting: { medium: 'memory', weighedCalls: 2_000 } },
    { name: 'Redis', setting: { medium: 'redis', weighedCalls: 500 } },
  ],
  contenders: [LRU_CACHE, IOREDIS, FRESHKEEP, FRESHKEEP_WRAP, ...RIVALS],
  columns: [TIME, SPREAD, CALLS_PER_SECOND, TIMES_FLOOR, CPU_PER_MILLION, ALLOCATED],
  processes: 5,
  rounds: 12,
};

export const INVALIDATION: RoundsScenario = {
  kind: 'rounds',
  name: 'invalidation',
  question: 'What does it cost to invalidate an entry that is there, one call after the other?',
  setting: { task: 'invalidation', popularity: 'in turn' },
  variants: [
    { name: 'memory', setting: { medium: 'memory', keys: 10_000 } },
    { name: 'Redis', setting: { medium: 'redis', keys: 2_000 } },
  ],
  contenders: [LRU_CACHE, IOREDIS, FRESHKEEP, FRESHKEEP_WRAP, ...RIVALS],
  columns: [TIME, SPREAD, CALLS_PER_SECOND, TIMES_FLOOR, CPU_PER_MILLION],
  processes: 5,
  rounds: 12,
};
