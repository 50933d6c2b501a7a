import type { CacheHealth } from '../cache/cache-options.js';
import type { MemoryStats } from '../cache/cache-stats.js';
import type { Finding } from '../doctor/finding.js';
import { quantileOf } from '../statistics/duration-histogram.js';
import type { PatternStats } from '../statistics/pattern-stats.js';
import type { CacheReport } from './cache-report.js';

/** What the table of the page shows of a pattern: what there is to say of one is long, and there may be thousands. */
export interface PatternRow {
  readonly pattern: string;
  readonly calls: number;
  readonly misses: number;
  readonly staleHits: number;
  readonly loads: number;
  /** Milliseconds; absent where nothing was loaded. */
  readonly p99?: number;
  /** Milliseconds. */
  readonly timeSaved: number;
  readonly keys: number;
  /** Of an entry, on average; absent where none was weighed. */
  readonly bytes?: number;
}

/** What the page asks for every two seconds. */
export interface Overview {
  /** The names of all caches of the dashboard. */
  readonly caches: readonly string[];
  readonly cache: string;
  readonly allowInvalidation: boolean;
  /** The names of all actions. */
  readonly actions: readonly string[];
  /** Milliseconds since 1970, and since the cache was made. */
  readonly at: number;
  readonly countedFor: number;
  /** Those with the most calls first. */
  readonly rows: readonly PatternRow[];
  readonly findings: readonly Finding[];
  readonly memory?: MemoryStats;
  readonly health: CacheHealth;
}

/** What the dashboard is, beside the figures. */
export type Setting = Pick<Overview, 'caches' | 'allowInvalidation' | 'actions'>;

export function overviewOf({ stats, findings }: CacheReport, setting: Setting): Overview {
  const { cache, at, countedFor, patterns, memory, health } = stats;
  return {
    ...setting,
    cache,
    at,
    countedFor,
    rows: patterns.map(rowOf),
    findings,
    ...(memory === undefined ? {} : { memory }),
    health,
  };
}

function rowOf(stats: PatternStats): PatternRow {
  const { pattern, calls, misses, staleHits, loads, timeSaved, estimates } = stats;
  const { keys, bytesPerEntry } = estimates;
  const p99 = quantileOf(loads, 0.99);
  return {
    pattern,
    calls,
    misses,
    staleHits,
    loads: loads.count,
    ...(p99 === undefined ? {} : { p99: rounded(p99) }),
    timeSaved: rounded(timeSaved),
    keys: Math.round(keys),
    ...(bytesPerEntry === undefined ? {} : { bytes: Math.round(bytesPerEntry) }),
  };
}

/** Nobody reads more, and digits take most of the room. */
function rounded(milliseconds: number): number {
  return Math.round(milliseconds * 100) / 100;
}
