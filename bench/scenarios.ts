import type { Popularity } from './random.js';

/** One question that is put to all contenders alike. */
export interface Scenario {
  readonly name: string;
  readonly question: string;
  readonly variants: readonly Variant[];
  /** By name, the file that holds it. The first is the floor. */
  readonly contenders: Readonly<Record<string, string>>;
  /** How often each contender is started anew: how well a process runs depends on where its memory and machine code come to lie. */
  readonly processes: number;
  /** Of each process. */
  readonly rounds: number;
  /** Calls of a round. */
  readonly operations: number;
  /** Calls of which it is told what they allocate. Default 5,000. */
  readonly weighedCalls?: number;
  /** Is there a Redis? */
  readonly redis: boolean;
  /** Are calls so slow that each can be timed by itself? */
  readonly eachCall: boolean;
  /** The bound for freshkeep, in times of the floor. */
  readonly target: number;
}

export interface Variant {
  readonly name: string;
  readonly keys: number;
  readonly popularity: Popularity;
  /** Of each value, where it is a list; contenders find it in `BENCH_RECORDS`. */
  readonly records?: number;
}

export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'hit-cost',
    question: 'What does a hit in memory cost, through a decorated method with a template key?',
    variants: [
      { name: '1 key', keys: 1, popularity: 'uniform' },
      { name: '10,000 keys, Zipf', keys: 10_000, popularity: 'zipf' },
    ],
    contenders: {
      'lru-cache behind an async method': 'memory-floor.ts',
      freshkeep: 'memory-freshkeep.ts',
    },
    processes: 7,
    rounds: 15,
    operations: 200_000,
    redis: false,
    eachCall: false,
    target: 1.5,
  },
  {
    name: 'tier-hit',
    question: 'What does a hit in the first of two tiers cost, through a decorated method with a template key?',
    variants: [
      { name: '1 key', keys: 1, popularity: 'uniform' },
      { name: '10,000 keys, Zipf', keys: 10_000, popularity: 'zipf' },
    ],
    contenders: {
      'freshkeep, memory alone': 'memory-freshkeep.ts',
      freshkeep: 'tiers-freshkeep.ts',
    },
    processes: 5,
    rounds: 15,
    operations: 200_000,
    redis: true,
    eachCall: false,
    target: 1.3,
  },
  {
    name: 'redis-hit',
    question: 'What does a hit in Redis cost, one call after the other?',
    variants: [{ name: '2,000 keys of 919 bytes', keys: 2_000, popularity: 'uniform' }],
    contenders: {
      'ioredis GET and JSON.parse': 'redis-floor.ts',
      freshkeep: 'redis-freshkeep.ts',
    },
    processes: 7,
    rounds: 15,
    operations: 1_000,
    redis: true,
    eachCall: true,
    target: 1 / 0.9,
  },
  {
    name: 'compressed-hit',
    question: 'What does a hit in Redis cost whose value is compressed, one call after the other?',
    variants: [
      { name: '200 keys of 2 kB', keys: 200, popularity: 'uniform', records: 7 },
      { name: '200 keys of 20 kB', keys: 200, popularity: 'uniform', records: 70 },
      { name: '50 keys of 200 kB', keys: 50, popularity: 'uniform', records: 680 },
    ],
    contenders: {
      'freshkeep, not compressed': 'redis-list-plain.ts',
      freshkeep: 'redis-list-freshkeep.ts',
    },
    processes: 5,
    rounds: 12,
    operations: 100,
    weighedCalls: 200,
    redis: true,
    eachCall: true,
    target: 1.5,
  },
  {
    name: 'tagged-hit',
    question: 'What does a tag, known from the arguments, add to a hit in Redis, one call after the other?',
    variants: [{ name: '2,000 keys of 919 bytes', keys: 2_000, popularity: 'uniform' }],
    contenders: {
      'freshkeep, without tags': 'redis-untagged.ts',
      freshkeep: 'redis-tagged.ts',
    },
    processes: 5,
    rounds: 15,
    operations: 1_000,
    redis: true,
    eachCall: true,
    target: 1.1,
  },
  {
    name: 'many-hits',
    question: 'What do 100 hits in Redis cost, asked for together?',
    variants: [{ name: 'any 100 of 2,000 keys', keys: 2_000, popularity: 'uniform' }],
    contenders: {
      'freshkeep, 100 single hits one after another': 'redis-one-by-one.ts',
      'ioredis MGET and JSON.parse': 'redis-many-floor.ts',
      freshkeep: 'redis-many.ts',
    },
    processes: 3,
    rounds: 10,
    operations: 50,
    weighedCalls: 100,
    redis: true,
    eachCall: true,
    target: 1 / 20,
  },
  {
    name: 'tag-invalidation',
    question: 'What does it cost to invalidate a tag of 100,000 entries in Redis?',
    variants: [{ name: '100,000 entries', keys: 100_000, popularity: 'uniform' }],
    contenders: {
      'ioredis SET': 'redis-tag-floor.ts',
      freshkeep: 'redis-tag-invalidation.ts',
    },
    processes: 2,
    rounds: 10,
    operations: 200,
    weighedCalls: 200,
    redis: true,
    eachCall: true,
    target: 4,
  },
];
