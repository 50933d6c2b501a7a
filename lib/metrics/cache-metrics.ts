import { EVENT_NAMES, type CacheEventName } from '../cache/events.js';
import type { BreakerState } from '../stores/store.js';
import type { Metric, Sample } from './metric.js';
import type { Reading } from './reading.js';

/** These are told by pattern, and too often to be counted twice. */
const TOLD_BY_PATTERN: readonly CacheEventName[] = ['hit', 'load', 'fill'];

const COUNTED_EVENTS = (Object.keys(EVENT_NAMES) as CacheEventName[]).filter((name) => !TOLD_BY_PATTERN.includes(name));

const BREAKER_STATES: readonly BreakerState[] = ['closed', 'half-open', 'open'];

/** The one figure of a cache; `undefined` where it has no such thing. */
type Figure = (reading: Reading) => number | undefined;

const single =
  (figure: Figure): Metric['read'] =>
  (reading) => {
    const value = figure(reading);
    return value === undefined ? [] : [{ labels: {}, value }];
  };

const truth = (is: boolean): number => (is ? 1 : 0);

function eventsOf({ stats }: Reading): Sample[] {
  return COUNTED_EVENTS.map((event) => ({ labels: { event }, value: stats.events[event] ?? 0 }));
}

/** One of them is 1. */
function breakerOf({ stats: { health } }: Reading): Sample[] {
  if (health.breaker === undefined) return [];
  return BREAKER_STATES.map((state) => ({ labels: { state }, value: truth(health.breaker === state) }));
}

function findingsOf({ findings }: Reading): Sample[] {
  const samples = new Map<string, Sample>();
  for (const { name, severity } of findings) {
    const id = `${name} ${severity}`;
    samples.set(id, { labels: { finding: name, severity }, value: (samples.get(id)?.value ?? 0) + 1 });
  }
  return [...samples.values()];
}

function lagOf({ stats: { health } }: Reading): number | undefined {
  const lag = health.bus?.lag;
  return typeof lag === 'number' ? lag / 1_000 : undefined;
}

function clockOffsetOf({ stats: { health } }: Reading): number | undefined {
  return health.clockOffset === undefined ? undefined : health.clockOffset / 1_000;
}

function trustOf({ stats: { health } }: Reading): number | undefined {
  return health.l1 === undefined ? undefined : truth(health.l1 === 'trusted');
}

function busOf({ stats: { health } }: Reading): number | undefined {
  return health.bus === undefined ? undefined : truth(health.bus.state === 'connected');
}

/** Where all entries are to be removed, no names are left to be counted. */
function queuedOf({ stats: { health } }: Reading): number {
  return health.queuedInvalidations === 'all' ? 0 : health.queuedInvalidations;
}

const gauge = (name: string, unit: Metric['unit'], help: string, figure: Figure): Metric => ({
  name,
  kind: 'gauge',
  unit,
  help,
  labels: [],
  read: single(figure),
});

/** What is told of each cache as a whole. */
export const CACHE_METRICS: readonly Metric[] = [
  {
    name: 'events',
    kind: 'counter',
    unit: '{event}',
    help: 'How often each event was told; hits, loads and fills are told by pattern',
    labels: ['event'],
    read: eventsOf,
  },
  gauge('memory.entries', '{entry}', 'Entries in the memory of this process', ({ stats }) => stats.memory?.entries),
  gauge('memory.max_entries', '{entry}', 'How many there may be', ({ stats }) => stats.memory?.maxEntries),
  {
    ...gauge('memory.evictions', '{entry}', 'Entries that gave way to others in the memory of this process', (of) => {
      return of.stats.memory?.evictions;
    }),
    kind: 'counter',
  },
  gauge('loads.running', '{load}', 'Loads that run', ({ stats }) => stats.health.loads.running),
  gauge('loads.waiting', '{load}', 'Loads that wait for their turn', ({ stats }) => stats.health.loads.waiting),
  gauge(
    'queued.invalidations',
    '{invalidation}',
    'Keys and tags whose invalidation could not be applied yet',
    queuedOf,
  ),
  gauge('queued.clear', '1', 'Whether all entries are still to be removed', ({ stats: { health } }) =>
    truth(health.queuedInvalidations === 'all'),
  ),
  {
    name: 'breaker.state',
    kind: 'gauge',
    unit: '1',
    help: 'Which state the circuit breaker is in: of its states, one is 1; of several servers, that of the one which is worst off',
    labels: ['state'],
    read: breakerOf,
  },
  gauge('l1.trusted', '1', 'Whether copies in this process may be used', trustOf),
  gauge('bus.connected', '1', 'Whether the invalidation bus is connected', busOf),
  gauge(
    'bus.lag',
    's',
    'For how long it has not been certain that no invalidation is missing; absent while unknown',
    lagOf,
  ),
  gauge(
    'clock.offset',
    's',
    'How far the clock of the server is ahead of the clock of this process; absent until it is known',
    clockOffsetOf,
  ),
  {
    name: 'findings',
    kind: 'gauge',
    unit: '{finding}',
    help: 'What the doctor finds wrong; absent where it finds nothing',
    labels: ['finding', 'severity'],
    read: findingsOf,
  },
];
