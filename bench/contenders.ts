import { join } from 'node:path';

import type { Contender } from './scenario.js';

/** The libraries of others are installed here (`install-rivals.ts`). */
export const RIVALS_FOLDER = join(import.meta.dirname, 'rivals');

const RIVAL_NAMES = [
  'layered-loader',
  'async-cache-dedupe',
  'cachified',
  'cacheable',
  'cache-manager',
  'bentocache',
  'type-cacheable',
] as const;

export const RIVALS: readonly Contender[] = RIVAL_NAMES.map(rival);

export const FRESHKEEP = own('freshkeep');
export const FRESHKEEP_WRAP = own('freshkeep-wrap', 'freshkeep, `cache.wrap`');
export const LRU_CACHE = own('lru-cache', 'lru-cache behind an async method');
export const MAP = own('map', 'Map behind an async method');
export const IOREDIS = own('ioredis', 'ioredis GET and JSON.parse');
export const IOREDIS_AUTOPIPELINING = own('ioredis-autopipelining', 'the same with autopipelining');

/** A library of this repository, or what one writes by hand. */
export function own(library: string, name: string = library): Contender {
  return { name, file: join(import.meta.dirname, 'libraries', `${library}.ts`), isRival: false };
}

export function rival(name: (typeof RIVAL_NAMES)[number]): Contender {
  return { name, file: join(RIVALS_FOLDER, `${name}.ts`), isRival: true };
}
