import { statsOf, type PatternStats } from '../statistics/pattern-stats.js';
import type { SharedPatterns } from '../statistics/shared-values.js';
import type { MemoryReport } from '../stores/store.js';
import { now } from '../time/clock.js';
import type { CacheHealth } from './cache-options.js';
import type { CallStatistics } from './call-statistics.js';
import type { CacheEventName } from './events.js';

/** What happened in a cache, in this process, since it was made: plain data, for JSON, that names no key and holds no value. */
export interface CacheStats {
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
  /** For bounds around the present one; empty where there was no hit yet. */
  readonly entriesCurve: readonly EntriesPoint[];
}

export interface EntriesPoint {
  readonly maxEntries: number;
  /** The share of calls that would have been answered from the memory of this process. */
  readonly hitRatio: number;
}

export interface StatsSource {
  readonly name: string;
  readonly startedAt: number;
  readonly statistics: CallStatistics;
  readonly memory: MemoryReport | undefined;
  readonly health: CacheHealth;
}

export function cacheStats({ name, startedAt, statistics, memory, health }: StatsSource): CacheStats {
  const { sampled, tallies, events } = statistics;
  sampled.endExpired(now());
  const sampleOf = sampled.sampleUpTo(now());
  const patterns = tallies.all().map((tally) => statsOf(tally, sampleOf(tally)));
  return {
    cache: name,
    at: Date.now(),
    countedFor: now() - startedAt,
    patterns: patterns.sort((one, other) => other.calls - one.calls),
    events: { ...events },
    sharedValues: sampled.sharedValues.all,
    sampledKeys: sampled.size,
    ...(memory === undefined ? {} : { memory: memoryStats(memory, patterns) }),
    health,
  };
}

function memoryStats({ curve, ...report }: MemoryReport, patterns: readonly PatternStats[]): MemoryStats {
  const total = (name: 'calls' | 'localHits') => patterns.reduce((sum, pattern) => sum + pattern[name], 0);
  const hitRatio = total('localHits') / Math.max(1, total('calls'));
  const entriesCurve = curve.map(({ maxEntries, hits }) => ({ maxEntries, hitRatio: Math.min(1, hits * hitRatio) }));
  return { ...report, entriesCurve };
}
