import type { PatternStats } from '../statistics/pattern-stats.js';
import type { LabelledPattern } from './pattern-labels.js';
import type { Metric, Sample } from './metric.js';

/** One figure of a pattern. That of several patterns is the sum of theirs. */
type Amount = (stats: PatternStats) => number;

/** A figure that is told in parts, by one more label. */
interface Parts {
  readonly by: string;
  readonly of: Readonly<Record<string, Amount>>;
}

/** Calls that were given an expired value without a load, as the last one had failed lately. */
function spared({ calls, localHits, sharedHits, staleHits, misses }: PatternStats): number {
  return calls - localHits - sharedHits - staleHits - misses;
}

const OUTCOMES: Parts = {
  by: 'outcome',
  of: {
    'local-hit': ({ localHits }) => localHits,
    'shared-hit': ({ sharedHits }) => sharedHits,
    'stale-hit': ({ staleHits }) => staleHits,
    'stale-if-error': spared,
    miss: ({ misses }) => misses,
  },
};

const REASONS_NOT_TO_STORE: Parts = {
  by: 'reason',
  of: {
    refused: ({ refusedFills }) => refusedFills,
    'not wanted': ({ unwantedFills }) => unwantedFills,
    'value unsupported': ({ unsupportedFills }) => unsupportedFills,
    'no ticket': ({ ticketlessFills }) => ticketlessFills,
  },
};

type Described = Pick<Metric, 'name' | 'kind' | 'unit' | 'help'>;

function patternMetric(described: Described, figure: Amount | Parts): Metric {
  const own = typeof figure === 'function' ? [] : [figure.by];
  return {
    ...described,
    labels: ['pattern', ...own],
    read: ({ patterns }) => patterns.flatMap((pattern) => samplesOf(pattern, figure)),
  };
}

function samplesOf(pattern: LabelledPattern, figure: Amount | Parts): readonly Sample[] {
  const labels = { pattern: pattern.label };
  if (typeof figure === 'function') return [{ labels, value: sumOf(pattern, figure) }];
  return Object.entries(figure.of).map(([part, amount]) => ({
    labels: { ...labels, [figure.by]: part },
    value: sumOf(pattern, amount),
  }));
}

function sumOf({ stats }: LabelledPattern, amount: Amount): number {
  return stats.reduce((sum, each) => sum + amount(each), 0);
}

const counter = (name: string, unit: Metric['unit'], help: string, figure: Amount | Parts): Metric =>
  patternMetric({ name, kind: 'counter', unit, help }, figure);

const gauge = (name: string, unit: Metric['unit'], help: string, figure: Amount): Metric =>
  patternMetric({ name, kind: 'gauge', unit, help }, figure);

/** What is told of each pattern. `docs/statistics.md` tells what each figure means. */
export const PATTERN_METRICS: readonly Metric[] = [
  counter('calls', '{call}', 'Calls that the cache has answered, or loaded for, by how', OUTCOMES),
  counter('coalesced.calls', '{call}', 'Misses that joined a load under way in this process', (of) => of.coalesced),
  counter('waits', '{load}', 'Loads that waited for another process, which had the refresh lock', (of) => of.waits),
  counter('bypassed.calls', '{call}', 'Calls of the method itself, without the cache', (of) => of.bypassed),
  counter(
    'stale_if_error.hits',
    '{call}',
    'Calls that were given an expired value, as the load had failed',
    (of) => of.staleIfErrorHits,
  ),
  counter('ended.leases', '{load}', 'Loads during which the lease of the refresh lock ended', (of) => of.endedLeases),
  counter('load.failures', '{load}', 'Loads that have failed', (of) => of.failedLoads),
  counter('refreshes', '{load}', 'Loads in the background', (of) => of.refreshes),
  counter('fills', '{value}', 'Values that were stored', (of) => of.fills),
  counter('updates', '{value}', 'Those of them that a writer has stored (@UpdatesCache)', (of) => of.updates),
  counter('unfilled.values', '{value}', 'Values that were loaded and not stored, by why', REASONS_NOT_TO_STORE),
  counter('option.failures', '{call}', 'How often a function given as an option has failed', (of) => of.failedOptions),
  counter(
    'invalidations',
    '{invalidation}',
    'How often a key of the pattern was named by an invalidation',
    (of) => of.invalidations,
  ),
  counter('direct.reads', '{call}', 'Calls of cache.get', (of) => of.directReads),
  counter('direct.writes', '{call}', 'Calls of cache.set', (of) => of.directWrites),
  gauge(
    'time_saved',
    's',
    'Hits so far, each as long as a load takes on average; a gauge, as it shrinks when loads get faster',
    (of) => of.timeSaved / 1_000,
  ),
  gauge('estimated.keys', '{key}', 'How many different keys were called, estimated', (of) => of.estimates.keys),
  gauge(
    'estimated.size',
    'By',
    'What the values of all of these keys take together, estimated',
    ({ estimates: { keys, bytesPerEntry = 0 } }) => keys * bytesPerEntry,
  ),
];
