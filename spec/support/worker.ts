/** The program of a worker process: one cache over Redis, which does what its parent asks. See `cache-worker.ts`. */
import './clock-shift.js';

import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';

import { createCache, key, MemoryStore, TieredStore, type CacheEventName } from 'freshkeep';
import { RedisStore } from 'freshkeep/redis';
import { Redis } from 'ioredis';

import { LagWatch } from './lag-watch.js';
import { Peer } from './peer.js';
import { TicketlessStore } from './ticketless-store.js';
import type {
  BurstReport,
  PlayOptions,
  SourceCalls,
  WatchedAnswer,
  WorkerCalls,
  WorkerOptions,
} from './worker-protocol.js';

const EVENTS: readonly CacheEventName[] = [
  'hit',
  'stale-hit',
  'miss',
  'coalesced',
  'wait',
  'load',
  'load-failed',
  'fill',
  'fill-refused',
  'fill-skipped',
  'invalidation-queued',
  'invalidation-replayed',
  'store-failed',
  'lock-failed',
  'entry-unreadable',
];

const options = JSON.parse(process.argv[2] ?? '') as WorkerOptions;
const { port, prefix, ttl, staleWhileRevalidate = '0ms', lock = {}, loadFor, tickets = true, tiered = false } = options;

// ioredis' own defaults, as users have them; without a listener for errors it prints each one.
const client = new Redis(port, '127.0.0.1');
client.on('error', () => undefined);

const KindOfStore = tickets ? RedisStore : TicketlessStore;
const shared = new KindOfStore({ client, prefix });
const cache = createCache({ store: tiered ? new TieredStore({ l1: new MemoryStore(), l2: shared }) : shared });
const counts: Partial<Record<CacheEventName, number>> = {};
for (const name of EVENTS) cache.on(name, () => (counts[name] = (counts[name] ?? 0) + 1));

const keyOf = (id: string) => key`thing:${id}`;
const find = cache.wrap(load, { key: keyOf, ttl, staleWhileRevalidate, lock });

let finishing = false;

const calls: WorkerCalls = {
  find,
  async findTimed(id) {
    const startedAt = performance.now();
    const value = await find(id);
    return { value, took: performance.now() - startedAt };
  },
  watch,
  burst,
  set: (id, value) => cache.set(keyOf(id), value, { ttl, staleWhileRevalidate }),
  invalidate: (id) => cache.invalidate(keyOf(id)),
  async invalidateAt(id) {
    await cache.invalidate(keyOf(id));
    return instant();
  },
  clear: () => cache.clear(),
  play,
  events: () => counts,
  health: () => cache.health(),
  wallClock: () => Date.now(),
  async connected() {
    if (client.status !== 'ready') await once(client, 'ready');
    while (cache.health().l1 === 'not trusted') await pause(5);
  },
  closeCache: () => cache.close(),
  finish() {
    finishing = true;
    client.disconnect();
    // After the answer to this was sent.
    setImmediate(() => {
      process.disconnect();
    });
  },
};

process.on('disconnect', () => {
  // The parent is gone and cannot end its workers any more.
  if (!finishing) process.exit(1);
});
const parent = new Peer<SourceCalls>(process, calls);
await parent.ask('ready');

async function load(id: string): Promise<unknown> {
  if (loadFor === undefined) return parent.ask('load', id);
  await pause(loadFor);
  return `loaded by ${process.pid}, ${counts.load ?? 0}`;
}

/** In milliseconds, the same for all processes of the machine. */
function instant(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

async function watch(id: string, milliseconds: number, rest: number): Promise<WatchedAnswer[]> {
  const answers: WatchedAnswer[] = [];
  for (const until = performance.now() + milliseconds; performance.now() < until;) {
    const startedAt = performance.now();
    const value = await find(id);
    const took = performance.now() - startedAt;
    answers.push({ value, took, at: instant() });
    await pause(rest);
  }
  return answers;
}

async function burst(id: string, callers: number, startAt: number): Promise<BurstReport> {
  await pause(startAt - Date.now());
  const watch = new LagWatch();
  const startedAt = performance.now();
  const values = await Promise.all(Array.from({ length: callers }, () => find(id)));
  return { slowest: performance.now() - startedAt, lag: watch.stop(), values: [...new Set(values)] };
}

async function play({ keys, milliseconds, readers, writers, by, pauseOfWriters }: PlayOptions): Promise<void> {
  const until = performance.now() + milliseconds;
  const anyKey = () => keys[Math.floor(Math.random() * keys.length)] ?? '';
  const repeat = async (longestPause: number, step: () => Promise<unknown>) => {
    while (performance.now() < until) {
      await step();
      await pause(Math.random() * longestPause);
    }
  };
  const read = () => find(anyKey());
  const write = {
    async invalidate() {
      const id = anyKey();
      await parent.ask('write', id);
      await cache.invalidate(keyOf(id));
    },
    // Twice, so that the loads that the first one causes are under way during the second.
    async clear() {
      for (let time = 1; time <= 2; time += 1) {
        await Promise.all(keys.map((id) => parent.ask('write', id)));
        await cache.clear();
        await pause(15);
      }
    },
  };
  await Promise.all([
    ...Array.from({ length: readers }, () => repeat(5, read)),
    ...Array.from({ length: writers }, () => repeat(pauseOfWriters, write[by])),
  ]);
}
