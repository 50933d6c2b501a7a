import type { CacheHealth } from '../../cache/cache-options.js';
import { STATS_FORMAT, type CacheStats } from '../../cache/cache-stats.js';
import { describeValue } from '../../errors.js';
import type { PatternEstimates, PatternStats, ReloadStats } from '../../statistics/pattern-stats.js';
import type { DurationStats } from '../../statistics/duration-histogram.js';
import { wrongUsage, type Failure } from '../failure.js';

/**
 * The statistics in what was read: those of a cache, an object that has them as `stats`, or a list of either.
 * @throws Failure where there are none
 */
export function statsIn(value: unknown, shown: string): CacheStats[] {
  const found = Array.isArray(value) ? value.flatMap((each) => statsIn(each, shown)) : [statsOf(value, shown)];
  if (found.length === 0) throw noStats(shown, 'the list is empty');
  return found;
}

function statsOf(value: unknown, shown: string): CacheStats {
  const object = isObject(value) && 'stats' in value ? value['stats'] : value;
  if (!isObject(object)) throw noStats(shown, `it has ${describeValue(object)}`);
  const { format, patterns } = object;
  if (typeof format === 'number' && format !== STATS_FORMAT)
    throw wrongUsage(
      `${shown} has statistics of format ${format}, and this version of freshkeep reads format ${STATS_FORMAT}`,
      'use the version that wrote them',
    );
  const wrong =
    firstUnfit(object, CACHE) ??
    (patterns as unknown[]).map((each) => firstUnfit(each, PATTERN)).find((name) => name !== undefined);
  if (wrong !== undefined) throw noStats(shown, `\`${wrong}\` is not as it should be`);
  return object as unknown as CacheStats;
}

function noStats(shown: string, why: string): Failure {
  return wrongUsage(
    `${shown} has no statistics of a cache: ${why}`,
    'expected what JSON.stringify(cache.stats()) gives, or an object that has it as `stats`',
  );
}

type Kind = 'number' | 'number or all' | 'text' | 'list' | 'object';

/** What kind each member has that is always there: the compiler takes no list that lacks one. */
type Shape<T> = {
  readonly [N in keyof T as undefined extends T[N] ? never : N]: Kind | Shape<T[N]>;
};

const HEALTH: Shape<CacheHealth> = {
  queuedInvalidations: 'number or all',
  loads: { running: 'number', waiting: 'number' },
};

const CACHE: Shape<CacheStats> = {
  format: 'number',
  cache: 'text',
  at: 'number',
  countedFor: 'number',
  patterns: 'list',
  events: 'object',
  sharedValues: 'list',
  sampledKeys: 'number',
  health: HEALTH,
};

const DURATIONS: Shape<DurationStats> = { count: 'number', sum: 'number', counts: 'list' };

const ESTIMATES: Shape<PatternEstimates> = {
  keys: 'number',
  ended: 'number',
  unread: 'number',
  evictions: 'number',
  waitedAtExpiry: 'number',
};

const RELOADS: Shape<ReloadStats> = { count: 'number', changed: 'number' };

const PATTERN: Shape<PatternStats> = {
  pattern: 'text',
  calls: 'number',
  localHits: 'number',
  sharedHits: 'number',
  staleHits: 'number',
  staleIfErrorHits: 'number',
  misses: 'number',
  coalesced: 'number',
  waits: 'number',
  bypassed: 'number',
  hitRatio: 'number',
  loads: DURATIONS,
  refreshes: 'number',
  failedLoads: 'number',
  fills: 'number',
  refusedFills: 'number',
  unwantedFills: 'number',
  unsupportedFills: 'number',
  ticketlessFills: 'number',
  updates: 'number',
  endedLeases: 'number',
  failedOptions: 'number',
  invalidations: 'number',
  directReads: 'number',
  directWrites: 'number',
  timeSaved: 'number',
  fillers: 'list',
  reloads: RELOADS,
  estimates: ESTIMATES,
  ttlCurve: 'list',
};

const KINDS: Readonly<Record<Kind, (value: unknown) => boolean>> = {
  number: (value) => typeof value === 'number',
  'number or all': (value) => typeof value === 'number' || value === 'all',
  text: (value) => typeof value === 'string',
  list: (value) => Array.isArray(value),
  object: isObject,
};

/** The name of a member that is not of its kind. */
function firstUnfit(value: unknown, shape: object): string | undefined {
  if (!isObject(value)) return 'patterns';
  const unfit = Object.entries(shape as Readonly<Record<string, Kind | object>>).find(([name, kind]) =>
    typeof kind === 'object' ? firstUnfit(value[name], kind) !== undefined : !KINDS[kind](value[name]),
  );
  return unfit?.[0];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
