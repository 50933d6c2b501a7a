import { FRESHKEEP, FRESHKEEP_WRAP } from '../contenders.js';
import { DEFAULT_SETTING, type Setting } from '../rounds/setting.js';
import type { Contender } from '../scenario.js';

/** What calls mostly do, and what must not become slower unnoticed. */
export interface HotPath {
  readonly name: string;
  readonly contender: Contender;
  readonly setting: Setting;
}

const IN_REDIS = { medium: 'redis', value: 'document', keys: 2_000, popularity: 'in turn' } as const;

export const HOT_PATHS: readonly HotPath[] = [
  path('hit in memory, 1 key', { keys: 1, popularity: 'uniform' }),
  path('hit in memory, 10,000 keys', {}),
  path('the same through `cache.wrap`', {}, FRESHKEEP_WRAP),
  path('hit in the first of two tiers', { medium: 'tiers' }),
  path('hit in Redis, 1 at a time', IN_REDIS),
  path('hit in Redis, 32 at a time', { ...IN_REDIS, concurrency: 32 }),
  path('hit in Redis, 256 at a time', { ...IN_REDIS, concurrency: 256 }),
  path('hit in Redis, with a tag', { ...IN_REDIS, tagged: true }),
  path('list of 100 hits in Redis', { ...IN_REDIS, task: 'list' }),
  path('miss in memory', { task: 'miss', keys: 1 }),
  path('invalidation in memory', { task: 'invalidation', popularity: 'in turn' }),
];

function path(name: string, setting: Partial<Setting>, contender = FRESHKEEP): HotPath {
  return { name, contender, setting: { ...DEFAULT_SETTING, ...setting } };
}
