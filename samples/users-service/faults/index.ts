import type { Database } from '../database.js';
import type { Users } from '../users.js';
import { DividedUsers } from './duplicated-logic.js';
import { MisspeltUsers } from './inconsistent-keys.js';
import { ForgetfulUsers } from './no-invalidation.js';
import { HoardingUsers } from './not-worth-caching.js';
import { StampedingUsers } from './stampede.js';
import { OutdatedUsers } from './ttl-too-long.js';
import { HastyUsers } from './ttl-too-short.js';

/** Variants of the service, each with one of the seven ways in which caching goes wrong: by the name that the doctor has for it. */
export const FAULTS = {
  stampede: StampedingUsers,
  'ttl-too-long': OutdatedUsers,
  'ttl-too-short': HastyUsers,
  'inconsistent-keys': MisspeltUsers,
  'no-invalidation': ForgetfulUsers,
  'not-worth-caching': HoardingUsers,
  'duplicated-logic': DividedUsers,
} as const satisfies Record<string, new (database: Database) => Users>;

export type Fault = keyof typeof FAULTS;
