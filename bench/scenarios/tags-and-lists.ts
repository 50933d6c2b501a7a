import { FRESHKEEP, FRESHKEEP_WRAP, own, RIVALS } from '../contenders.js';
import { ALLOCATED, CALLS_PER_SECOND, P99, SPREAD, TIME, TIMES_FLOOR } from '../measures.js';
import type { RoundsScenario } from '../rounds/rounds-scenario.js';
import { atMost } from '../scenario.js';

export const TAGGED_HIT: RoundsScenario = {
  kind: 'rounds',
  name: 'tagged-hit',
  question: 'What does a tag, known from the arguments, add to a hit in Redis, one call after the other?',
  setting: {
    medium: 'redis',
    value: 'document',
    keys: 2_000,
    popularity: 'uniform',
    tagged: true,
    weighedCalls: 2_000,
  },
  variants: [{ name: '2,000 keys of 919 bytes', targets: [atMost(TIMES_FLOOR, 1.1)] }],
  contenders: [
    { ...own('freshkeep', 'freshkeep, without tags'), setting: { tagged: false } },
    own('ioredis-tags', 'ioredis MGET of value and version'),
    FRESHKEEP,
    ...RIVALS,
  ],
  columns: [TIME, SPREAD, CALLS_PER_SECOND, TIMES_FLOOR, P99, ALLOCATED],
  processes: 5,
  rounds: 15,
};

export const MANY_HITS: RoundsScenario = {
  kind: 'rounds',
  name: 'many-hits',
  question: 'What do 100 hits in Redis cost, asked for together?',
  setting: { medium: 'redis', task: 'list', value: 'document', keys: 2_000, popularity: 'uniform', weighedCalls: 100 },
  variants: [{ name: 'any 100 of 2,000 keys', targets: [atMost(TIMES_FLOOR, 1 / 20)] }],
  contenders: [
    { ...own('freshkeep', 'freshkeep, 100 single hits one after another'), setting: { task: 'one-by-one' } },
    own('ioredis', 'ioredis MGET and JSON.parse'),
    FRESHKEEP,
    FRESHKEEP_WRAP,
    ...RIVALS,
  ],
  columns: [TIME, SPREAD, CALLS_PER_SECOND, TIMES_FLOOR, P99, ALLOCATED],
  processes: 3,
  rounds: 10,
};

export const TAG_INVALIDATION: RoundsScenario = {
  kind: 'rounds',
  name: 'tag-invalidation',
  question: 'What does it cost to invalidate a tag of so many entries in Redis?',
  setting: { medium: 'redis', task: 'tag-invalidation', tagged: true, calls: 1 },
  variants: [
    { name: '1,000 entries', setting: { keys: 1_000 }, targets: [atMost(TIMES_FLOOR, 4)] },
    { name: '100,000 entries', setting: { keys: 100_000 }, targets: [atMost(TIMES_FLOOR, 4)] },
  ],
  contenders: [own('ioredis-tags', 'ioredis INCR of a version'), FRESHKEEP, ...RIVALS],
  columns: [TIME, SPREAD, TIMES_FLOOR],
  processes: 2,
  rounds: 4,
};
