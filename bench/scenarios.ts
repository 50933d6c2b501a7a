import type { EntryBytesScenario } from './entry-bytes/entry-bytes-scenario.js';
import type { HttpScenario } from './http/http-scenario.js';
import type { RoundsScenario } from './rounds/rounds-scenario.js';
import { INVALIDATION, MISS } from './scenarios/changes.js';
import { CPU } from './scenarios/cpu.js';
import { HIT_AT_SIZE, HIT_COST, TIER_HIT } from './scenarios/hits-in-memory.js';
import { COMPRESSED_HIT, REDIS_HIT } from './scenarios/hits-in-redis.js';
import { HTTP } from './scenarios/http.js';
import { ENTRY_BYTES } from './scenarios/entry-bytes.js';
import { STALE_UNDER_LOAD } from './scenarios/stale-under-load.js';
import { STAMPEDE } from './scenarios/stampede.js';
import { MANY_HITS, TAG_INVALIDATION, TAGGED_HIT } from './scenarios/tags-and-lists.js';
import type { StaleScenario } from './stale-under-load/stale-scenario.js';
import type { StampedeScenario } from './stampede/stampede-scenario.js';

export type Scenario = RoundsScenario | EntryBytesScenario | StampedeScenario | StaleScenario | HttpScenario;

/** All that is measured between contenders, in the order of the README. */
export const SCENARIOS: readonly Scenario[] = [
  HIT_COST,
  TIER_HIT,
  HIT_AT_SIZE,
  ENTRY_BYTES,
  REDIS_HIT,
  CPU,
  MISS,
  INVALIDATION,
  STAMPEDE,
  STALE_UNDER_LOAD,
  HTTP,
  COMPRESSED_HIT,
  TAGGED_HIT,
  MANY_HITS,
  TAG_INVALIDATION,
];
