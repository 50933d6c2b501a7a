import type { Rule } from '../rule.js';
import { clockSkew } from './clock-skew.js';
import { duplicatedLogic } from './duplicated-logic.js';
import { failingLoads } from './failing-loads.js';
import { failingOptions } from './failing-options.js';
import { inconsistentKeys } from './inconsistent-keys.js';
import { keyExplosion } from './key-explosion.js';
import { l1NotTrusted } from './l1-not-trusted.js';
import { l1TooSmall } from './l1-too-small.js';
import { leaseEnded } from './lease-ended.js';
import { noInvalidation } from './no-invalidation.js';
import { notWorthCaching } from './not-worth-caching.js';
import { queueGrowing } from './queue-growing.js';
import { refusedFills } from './refused-fills.js';
import { stampede } from './stampede.js';
import { storeAway } from './store-away.js';
import { tooManyPatterns } from './too-many-patterns.js';
import { ttlTooLong } from './ttl-too-long.js';
import { ttlTooShort } from './ttl-too-short.js';
import { unreadableEntries } from './unreadable-entries.js';
import { unsupportedValues } from './unsupported-values.js';

/** All that the doctor looks for. */
export const RULES: readonly Rule[] = [
  stampede,
  ttlTooLong,
  ttlTooShort,
  inconsistentKeys,
  noInvalidation,
  notWorthCaching,
  duplicatedLogic,
  keyExplosion,
  tooManyPatterns,
  failingLoads,
  unsupportedValues,
  refusedFills,
  leaseEnded,
  failingOptions,
  unreadableEntries,
  l1TooSmall,
  l1NotTrusted,
  storeAway,
  queueGrowing,
  clockSkew,
];
