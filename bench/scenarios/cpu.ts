import { FRESHKEEP, FRESHKEEP_WRAP, IOREDIS, IOREDIS_AUTOPIPELINING, LRU_CACHE, RIVALS } from '../contenders.js';
import { CALLS_PER_SECOND, CPU_PER_MILLION } from '../measures.js';
import type { RoundsScenario } from '../rounds/rounds-scenario.js';

export const CPU: RoundsScenario = {
  kind: 'rounds',
  name: 'cpu',
  question: 'What does a million hits cost the processor?',
  setting: {},
  variants: [
    { name: 'memory; 10,000 keys, Zipf', setting: { medium: 'memory' } },
    { name: 'first of two tiers; 10,000 keys, Zipf', setting: { medium: 'tiers' } },
    {
      name: 'Redis; 2,000 keys in turn, 32 at a time',
      setting: { medium: 'redis', value: 'document', keys: 2_000, popularity: 'in turn', concurrency: 32 },
    },
  ],
  contenders: [LRU_CACHE, IOREDIS, IOREDIS_AUTOPIPELINING, FRESHKEEP, FRESHKEEP_WRAP, ...RIVALS],
  columns: [CPU_PER_MILLION, CALLS_PER_SECOND],
  processes: 3,
  rounds: 12,
};
