import { FRESHKEEP, FRESHKEEP_WRAP, IOREDIS, LRU_CACHE, RIVALS } from '../contenders.js';
import { LOADS, MOST_LOADS, P99, SLOWEST, SLOWEST_OF_ALL } from '../measures.js';
import { atMost } from '../scenario.js';
import type { StampedeScenario } from '../stampede/stampede-scenario.js';

const EIGHT_PROCESSES = { processes: 8, callers: 100 };
const ONE_PROCESS = { processes: 1, callers: 800 };

const COLD = { entry: 'cold', targets: [atMost(MOST_LOADS, 1), atMost(SLOWEST, 230)] } as const;
const STALE = { entry: 'stale', targets: [atMost(MOST_LOADS, 1), atMost(P99, 15)] } as const;

export const STAMPEDE: StampedeScenario = {
  kind: 'stampede',
  name: 'stampede',
  question: 'What do 800 callers cost who ask for one id at one instant, where the source takes 200 ms?',
  variants: [
    { name: 'cold, Redis, 8 processes', medium: 'redis', ...EIGHT_PROCESSES, ...COLD },
    { name: 'cold, tiers, 8 processes', medium: 'tiers', ...EIGHT_PROCESSES, ...COLD },
    { name: 'cold, memory, 1 process', medium: 'memory', ...ONE_PROCESS, ...COLD },
    { name: 'stale, Redis, 8 processes', medium: 'redis', ...EIGHT_PROCESSES, ...STALE },
    { name: 'stale, tiers, 8 processes', medium: 'tiers', ...EIGHT_PROCESSES, ...STALE },
    { name: 'stale, memory, 1 process', medium: 'memory', ...ONE_PROCESS, ...STALE },
  ],
  contenders: [IOREDIS, LRU_CACHE, FRESHKEEP, FRESHKEEP_WRAP, ...RIVALS],
  columns: [LOADS, MOST_LOADS, P99, SLOWEST, SLOWEST_OF_ALL],
  repetitions: 10,
};
