import type { PatternStats } from '../statistics/pattern-stats.js';
import type { SharedPatterns } from '../statistics/shared-values.js';
import type { MemoryReport } from '../stores/store.js';
import type { CacheHealth } from './cache-options.js';
import type { CacheEventName } from './events.js';

/** Which members a `CacheStats` has: another number once they mean something else, so that who reads a file knows. */
export const STATS_FORMAT = 1;

/** What happened in a cache, in this process, since it was made: plain data, for JSON, that names no key and holds no value. */
export interface CacheStats {
  /** Tells such an object from others, and later formats from this one. */
  readonly format: typeof STATS_FORMAT;
  /** The name of the cache. */
  readonly cache: string;
  /** When this was said: milliseconds since 1970. */
  readonly at: number;
  /** How long things have been counted, in milliseconds. */
  readonly countedFor: number;
  /** By pattern, those with the most calls first. */
  readonly patterns: readonly PatternStats[];
  /** How often each event was told; without those that are as frequent as calls, which patterns tell: hits, loads, fills. */
  readonly events: Readonly<Partial<Record<CacheEventName, number>>>;
  /** Patterns under which equal values were found. */
  readonly sharedValues: readonly SharedPatterns[];
  /** How many keys are watched for estimates. */
  readonly sampledKeys: number;
  /** What its store keeps in the memory of this process; absent where that is nothing. */
  readonly memory?: MemoryStats;
  readonly health: CacheHealth;
}

/** What a store keeps in the memory of this process, and what it would give with another bound. */
export interface MemoryStats extends Omit<MemoryReport, 'curve'> {
  /** For bounds around the present one; empty where there was no hit yet, or `maxBytes` bounds the store. */
  readonly entriesCurve: readonly EntriesPoint[];
}

export interface EntriesPoint {
  readonly maxEntries: number;
  /** The share of calls that would have been answered from the memory of this process. */
  readonly hitRatio: number;
}
