import { IOREDIS, own, RIVALS } from '../contenders.js';
import { LOADS, MAX_AROUND, P50, P50_AROUND, P99, P99_AROUND, P999, SLOWEST } from '../measures.js';
import type { StaleScenario } from '../stale-under-load/stale-scenario.js';

export const STALE_UNDER_LOAD: StaleScenario = {
  kind: 'stale-under-load',
  name: 'stale-under-load',
  question:
    'What do callers notice of 20 entries that expire each second, where the source takes 50 ms and calls come in at a fixed rate?',
  variants: [
    { name: 'memory', medium: 'memory' },
    { name: 'Redis', medium: 'redis' },
    { name: 'tiers', medium: 'tiers' },
  ],
  contenders: [
    { ...IOREDIS, servesStale: false },
    { ...own('freshkeep', 'freshkeep, nothing stale'), servesStale: false },
    { ...own('freshkeep'), servesStale: true },
    ...RIVALS.map((rival) => ({ ...rival, servesStale: true })),
  ],
  columns: [P50, P99, P999, SLOWEST, P50_AROUND, P99_AROUND, MAX_AROUND, LOADS],
  perSecond: 2_000,
  milliseconds: 10_000,
  repetitions: 3,
};
