import { STATS_FORMAT, type CacheStats, type EntriesPoint, type MemoryStats } from '../cache/cache-stats.js';
import {
  either,
  listOf,
  number,
  optional,
  pairOf,
  recordOf,
  shapeOf,
  text,
  truth,
  exactly,
  type Shape,
} from '../shape.js';
import type { DurationStats } from '../statistics/duration-histogram.js';
import type { FillerStats, PatternEstimates, PatternStats, ReloadStats } from '../statistics/pattern-stats.js';
import type { SharedPatterns } from '../statistics/shared-values.js';
import type { TtlEstimate } from '../statistics/ttl-curve.js';

type Health = CacheStats['health'];

const HEALTH = shapeOf<Health>({
  queuedInvalidations: either(number, exactly('all')),
  loads: shapeOf<Health['loads']>({ running: number, waiting: number }),
  breaker: optional(text),
  l1: optional(text),
  bus: optional(shapeOf<NonNullable<Health['bus']>>({ state: text, lag: either(number, exactly('unknown')) })),
  clockOffset: optional(number),
});

const MEMORY = shapeOf<MemoryStats>({
  entries: number,
  maxEntries: number,
  evictions: number,
  entriesCurve: listOf(shapeOf<EntriesPoint>({ maxEntries: number, hitRatio: number })),
});

const FILLER = shapeOf<FillerStats>({
  by: text,
  fills: number,
  shortestTtl: number,
  longestTtl: number,
  staleWhileRevalidate: number,
  tagged: truth,
  ttlVaries: optional(truth),
  sameCodeAs: optional(text),
  silentWriters: optional(listOf(text)),
});

const PATTERN = shapeOf<PatternStats>({
  pattern: text,
  calls: number,
  localHits: number,
  sharedHits: number,
  staleHits: number,
  staleIfErrorHits: number,
  misses: number,
  coalesced: number,
  waits: number,
  bypassed: number,
  hitRatio: number,
  loads: shapeOf<DurationStats>({ count: number, sum: number, counts: listOf(number) }),
  refreshes: number,
  failedLoads: number,
  fills: number,
  refusedFills: number,
  unwantedFills: number,
  unsupportedFills: number,
  ticketlessFills: number,
  updates: number,
  endedLeases: number,
  failedOptions: number,
  invalidations: number,
  directReads: number,
  directWrites: number,
  timeSaved: number,
  fillers: listOf(FILLER),
  reloads: shapeOf<ReloadStats>({ count: number, changed: number, ages: number }),
  estimates: shapeOf<PatternEstimates>({
    keys: number,
    bytesPerEntry: optional(number),
    ended: number,
    unread: number,
    evictions: number,
    waitedAtExpiry: number,
  }),
  ttlCurve: listOf(shapeOf<TtlEstimate>({ ttl: number, hitRatio: number, outOfDate: optional(number) })),
});

/** What `cache.stats()` gives, as it is and as JSON gives it back. */
export const STATS: Shape = shapeOf<CacheStats>({
  format: exactly(STATS_FORMAT),
  cache: text,
  at: number,
  countedFor: number,
  patterns: listOf(PATTERN),
  events: recordOf(number),
  sharedValues: listOf(shapeOf<SharedPatterns>({ patterns: pairOf(text), loads: number })),
  sampledKeys: number,
  memory: optional(MEMORY),
  health: HEALTH,
});
