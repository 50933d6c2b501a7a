import { join } from 'node:path';

import type * as Main from 'freshkeep';
import type * as Redis from 'freshkeep/redis';

/** The `dist` of another tree, which is measured in the place of ours; an absolute path. */
const folder = process.env['BENCH_FRESHKEEP'];
const [main, redis] =
  folder === undefined ? ['freshkeep', 'freshkeep/redis'] : [join(folder, 'index.js'), join(folder, 'redis.js')];

/** freshkeep as it was built: the libraries of this folder have it from here alone. */
export const { Cached, CachedMany, configureCache, InvalidatesCache, key, MemoryStore, TieredStore } = (await import(
  main
)) as typeof Main;
export const { RedisStore } = (await import(redis)) as typeof Redis;
