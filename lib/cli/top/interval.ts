import type { CacheStats } from '../../cache/cache-stats.js';
import { quantileOf, type DurationStats } from '../../statistics/duration-histogram.js';
import type { PatternStats } from '../../statistics/pattern-stats.js';

/** What happened to the keys of one pattern within an interval. */
export interface PatternRates {
  readonly pattern: string;
  readonly callsPerSecond: number;
  /** Absent where nothing was called. */
  readonly hitRatio?: number;
  readonly stalePerSecond: number;
  readonly loadsPerSecond: number;
  /** In milliseconds; absent where nothing was loaded. */
  readonly loadP99?: number;
  /** Milliseconds of loading that hits have saved, in each second. */
  readonly savedPerSecond: number;
  /** How many different keys were called since counting began. */
  readonly keys: number;
  /** Absent where no value was weighed. */
  readonly bytesPerEntry?: number;
}

export interface Interval {
  /** In milliseconds. */
  readonly length: number;
  /** `since it began`: nothing is known of an earlier look at this process. */
  readonly of: 'last interval' | 'since it began';
  readonly patterns: readonly PatternRates[];
}

/** What happened between two looks at one cache; without the first one, since its counting began. */
export function intervalBetween(before: CacheStats | undefined, after: CacheStats): Interval {
  const length = after.countedFor - (before?.countedFor ?? 0);
  const earlier = new Map(before?.patterns.map((each) => [each.pattern, each]));
  const patterns = after.patterns.map((each) => ratesOf(earlier.get(each.pattern), each, Math.max(1, length) / 1_000));
  return { length, of: before === undefined ? 'since it began' : 'last interval', patterns };
}

function ratesOf(before: PatternStats | undefined, after: PatternStats, seconds: number): PatternRates {
  const grown = (name: 'calls' | 'misses' | 'staleHits') => after[name] - (before?.[name] ?? 0);
  const [calls, misses] = [grown('calls'), grown('misses')];
  const loads = difference(before?.loads, after.loads);
  const p99 = quantileOf(loads, 0.99);
  const { keys, bytesPerEntry } = after.estimates;
  return {
    pattern: after.pattern,
    callsPerSecond: calls / seconds,
    ...(calls === 0 ? {} : { hitRatio: (calls - misses) / calls }),
    stalePerSecond: grown('staleHits') / seconds,
    loadsPerSecond: loads.count / seconds,
    ...(p99 === undefined ? {} : { loadP99: p99 }),
    savedPerSecond: ((calls - misses) * meanOf(after.loads)) / seconds,
    keys,
    ...(bytesPerEntry === undefined ? {} : { bytesPerEntry }),
  };
}

/** Of all loads: within an interval there may be none. */
function meanOf({ count, sum }: DurationStats): number {
  return count === 0 ? 0 : sum / count;
}

function difference(before: DurationStats | undefined, after: DurationStats): DurationStats {
  if (before === undefined) return after;
  return {
    count: after.count - before.count,
    sum: after.sum - before.sum,
    counts: after.counts.map((count, at) => count - (before.counts[at] ?? 0)),
  };
}
