/** A process with two tiers that reads and writes at random, and notes what it saw. See `history-run.ts`. */
import '../support/clock-shift.js';

import { setTimeout as pause } from 'node:timers/promises';

import { createCache, MemoryStore, TieredStore, type CacheEventName } from 'freshkeep';
import { RedisStore } from 'freshkeep/redis';

import { Peer } from '../support/peer.js';
import { TicketlessStore } from '../support/ticketless-store.js';
import { connect } from './connect.js';
import { instant } from './instant.js';
import { cacheKey } from './keys.js';
import { plantBug } from './planted-bugs.js';
import type { Read, Write } from './history.js';
import type {
  HistoryCalls,
  HistoryProcessOptions,
  RoundOptions,
  RoundReport,
  VersionSourceCalls,
} from './process-protocol.js';

const options = JSON.parse(process.argv[2] ?? '') as HistoryProcessOptions;
if (options.bug !== undefined) plantBug(options.bug);

const client = connect(options.connection);
const KindOfStore = options.bug === 'ticket check off' ? TicketlessStore : RedisStore;
const cache = createCache({
  store: new TieredStore({
    l1: new MemoryStore(),
    l2: new KindOfStore({ client, prefix: options.prefix }),
    heartbeat: `${options.heartbeat}ms`,
    maxSilence: `${options.maxSilence}ms`,
  }),
});
const find = cache.wrap((id: string) => parent.ask('load', id), {
  key: cacheKey,
  ttl: '1m',
  staleWhileRevalidate: '1m',
});

let reads: Read[] = [];
let writes: Write[] = [];
let loads = 0;
let slowest = 0;
let events: Record<string, number> = {};
const COUNTED: readonly CacheEventName[] = [
  'fill-refused',
  'copies-dropped',
  'invalidated-elsewhere',
  'invalidation-queued',
  'invalidation-replayed',
  'breaker-changed',
  'store-failed',
];
for (const name of COUNTED) cache.on(name, () => (events[name] = (events[name] ?? 0) + 1));
cache.on('load', () => (loads += 1));
cache.on('invalidation-replayed', ({ keys }) => {
  noteReplay(keys);
});

/** How long an attempt to replay may have been under way: what was queued later may not be part of it. */
const REPLAY_WITHIN = 600;

async function read(id: string): Promise<void> {
  const away = cache.health().breaker !== 'closed';
  const from = instant();
  const version = await find(id);
  const to = instant();
  slowest = Math.max(slowest, to - from);
  reads.push({ key: id, version, from, to, away });
}

async function write(id: string): Promise<void> {
  const version = await parent.ask('write', id);
  const result = await cache.invalidate(cacheKey(id));
  const to = instant();
  writes.push({ key: id, version, to, applied: result === 'applied' ? to : undefined });
}

function noteReplay(keys: readonly string[] | 'all'): void {
  const at = instant();
  const texts = keys === 'all' ? undefined : new Set(keys);
  for (const entry of writes) {
    const isMeant = texts === undefined || texts.has(cacheKey(entry.key).text);
    if (!isMeant || entry.applied !== undefined) continue;
    entry.replayed ??= at;
    if (entry.to < at - REPLAY_WITHIN) entry.applied = at;
  }
}

let playing = false;

async function play({ keys, readers, writers }: RoundOptions): Promise<void> {
  playing = true;
  const anyKey = () => keys[Math.floor(Math.random() ** 2 * keys.length)] ?? '';
  const repeat = async (longestPause: number, step: (id: string) => Promise<void>) => {
    while (playing) {
      await step(anyKey());
      await pause(Math.random() * longestPause);
    }
  };
  await Promise.all([
    ...Array.from({ length: readers }, () => repeat(8, read)),
    ...Array.from({ length: writers }, () => repeat(150, write)),
  ]);
}

async function report(): Promise<RoundReport> {
  while (cache.health().queuedInvalidations !== 0) await pause(20);
  const told = { reads, writes, loads, slowest, events };
  [reads, writes, loads, slowest, events] = [[], [], 0, 0, {}];
  return told;
}

const calls: HistoryCalls = {
  async trusted() {
    while (cache.health().l1 !== 'trusted') await pause(10);
  },
  play,
  stop() {
    playing = false;
  },
  report,
  readAll: (keys) => Promise.all(keys.map((id) => find(id))),
  block(milliseconds) {
    const until = performance.now() + milliseconds;
    while (performance.now() < until);
  },
  finish() {
    void cache.close().then(() => {
      client.disconnect();
      process.disconnect();
    });
  },
};

process.on('disconnect', () => {
  setTimeout(() => process.exit(1), 5_000).unref();
});
const parent = new Peer<VersionSourceCalls>(process, calls);
await parent.ask('ready');
