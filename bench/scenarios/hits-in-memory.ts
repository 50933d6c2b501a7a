import { FRESHKEEP, FRESHKEEP_WRAP, LRU_CACHE, MAP, own, rival, RIVALS } from '../contenders.js';
import { ALLOCATED, CALLS_PER_SECOND, SPREAD, TIME, TIMES_FLOOR } from '../measures.js';
import type { RoundsScenario } from '../rounds/rounds-scenario.js';
import { atMost } from '../scenario.js';

const ONE_KEY = { keys: 1, popularity: 'uniform' } as const;
const ZIPF = { keys: 10_000, popularity: 'zipf' } as const;

export const HIT_COST: RoundsScenario = {
  kind: 'rounds',
  name: 'hit-cost',
  question: 'What does a hit in memory cost?',
  setting: { weighedCalls: 5_000 },
  variants: [
    { name: '1 key', setting: ONE_KEY, targets: [atMost(TIMES_FLOOR, 1.2), atMost(ALLOCATED, 350)] },
    { name: '10,000 keys, Zipf', setting: ZIPF, targets: [atMost(TIMES_FLOOR, 1.2), atMost(ALLOCATED, 350)] },
  ],
  contenders: [LRU_CACHE, MAP, FRESHKEEP, FRESHKEEP_WRAP, ...RIVALS],
  columns: [TIME, SPREAD, CALLS_PER_SECOND, TIMES_FLOOR, ALLOCATED],
  processes: 7,
  rounds: 15,
};

export const TIER_HIT: RoundsScenario = {
  kind: 'rounds',
  name: 'tier-hit',
  question: 'What does a hit in the first of two tiers cost?',
  setting: { medium: 'tiers', weighedCalls: 5_000 },
  variants: [
    { name: '1 key', setting: ONE_KEY, targets: [atMost(TIMES_FLOOR, 1.2)] },
    { name: '10,000 keys, Zipf', setting: ZIPF, targets: [atMost(TIMES_FLOOR, 1.2)] },
  ],
  contenders: [{ ...own('freshkeep', 'freshkeep, memory alone'), setting: { medium: 'memory' } }, FRESHKEEP, ...RIVALS],
  columns: [TIME, SPREAD, CALLS_PER_SECOND, TIMES_FLOOR, ALLOCATED],
  processes: 5,
  rounds: 15,
};

export const HIT_AT_SIZE: RoundsScenario = {
  kind: 'rounds',
  name: 'hit-at-size',
  question: 'What does a hit in memory cost among many entries?',
  setting: { popularity: 'zipf' },
  variants: [1_000, 10_000, 100_000, 1_000_000].map((keys) => ({
    name: `${keys.toLocaleString('en')} entries, Zipf`,
    setting: { keys },
  })),
  contenders: [LRU_CACHE, MAP, FRESHKEEP, rival('layered-loader')],
  columns: [TIME, SPREAD, TIMES_FLOOR],
  processes: 3,
  rounds: 15,
};
