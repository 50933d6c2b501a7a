import { statsOf, type PatternStats } from '../statistics/pattern-stats.js';
import type { MemoryReport } from '../stores/store.js';
import { now } from '../time/clock.js';
import type { CacheHealth } from './cache-options.js';
import { STATS_FORMAT, type CacheStats, type MemoryStats } from './cache-stats.js';
import type { CallStatistics } from './call-statistics.js';

export interface StatsSource {
  readonly name: string;
  readonly startedAt: number;
  readonly statistics: CallStatistics;
  readonly memory: MemoryReport | undefined;
  readonly health: CacheHealth;
}

/** What is known at this moment, as plain data. */
export function collectStats({ name, startedAt, statistics, memory, health }: StatsSource): CacheStats {
  const { sampled, tallies, events } = statistics;
  sampled.endExpired(now());
  const sampleOf = sampled.sampleUpTo(now());
  const patterns = tallies.all().map((tally) => statsOf(tally, sampleOf(tally)));
  return {
    format: STATS_FORMAT,
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
