import { createCache, key, MemoryStore, withCacheBypassed } from 'freshkeep';

import { isAnyContext } from '../../lib/cache/call-contexts.js';

const [kind = 'loads', calls = '1000000'] = process.argv.slice(2);
const CALLS = Number(calls);
const CHECKPOINTS = 5;

/** Calls for keys that never come again; prints the heap at each checkpoint and what is left at the end, as JSON. */
async function soak(callOnce: (id: number) => Promise<void>, close: () => Promise<void>): Promise<void> {
  const heaps: number[] = [];
  for (let checkpoint = 1; checkpoint <= CHECKPOINTS; checkpoint += 1) {
    const end = (CALLS / CHECKPOINTS) * checkpoint;
    for (let id = end - CALLS / CHECKPOINTS; id < end; id += 1) await callOnce(id);
    heaps.push(heapInUse());
  }
  await close();
  const resources = process.getActiveResourcesInfo().filter((name) => /Timeout|Immediate/.test(name));
  globalThis.gc?.();
  await new Promise((resolve) => setTimeout(resolve, 50));
  process.stdout.write(JSON.stringify({ heaps, resources, loading: isAnyContext() }));
}

function soakLoads(): Promise<void> {
  const cache = createCache({ store: new MemoryStore({ maxEntries: 1_000 }) });
  const find = cache.wrap(async (id: number) => (id % 10 === 0 ? Promise.reject(new Error('none')) : { id }), {
    key: (id: number) => key`soak:${id}`,
    ttl: '1m',
    staleWhileRevalidate: '1h',
  });
  return soak(
    async (id) => {
      await find(id).catch(() => undefined);
      if (id % 7 === 0) await cache.invalidate(key`soak:${id}`);
    },
    () => cache.close(),
  );
}

/** Nobody waits for them either: what keeps them can be the cache alone. */
function soakLoadsThatNeverSettle(): Promise<void> {
  const cache = createCache({ store: new MemoryStore(), maxLoad: '5ms' });
  const find = cache.wrap((id: number) => new Promise<number>(() => id), { key: 'soak:{0}', ttl: '1m' });
  return soak(
    async (id) => {
      void find(id);
      if (id % 100 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    },
    async () => {
      await new Promise((resolve) => setTimeout(resolve, 10));
      await cache.getOrLoad(key`other`, () => 1, { ttl: '1m' });
      await cache.close({ timeout: '100ms' });
    },
  );
}

/** The same for batches, some of which reach the method without the cache. */
function soakBatchesThatNeverSettle(): Promise<void> {
  const cache = createCache({ store: new MemoryStore(), maxLoad: '5ms' });
  const find = cache.wrapMany((ids: readonly number[]) => new Promise<Map<number, number>>(() => ids), {
    key: (id: number) => key`soak:${id}`,
    ttl: '1m',
  });
  return soak(
    async (id) => {
      if (id % 2 === 0) void find([2 * id, 2 * id + 1]);
      else void withCacheBypassed(() => void find([2 * id, 2 * id + 1]));
      if (id % 100 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    },
    async () => {
      await new Promise((resolve) => setTimeout(resolve, 10));
      await cache.getOrLoad(key`other`, () => 1, { ttl: '1m' });
      await cache.close({ timeout: '100ms' });
    },
  );
}

function heapInUse(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

const soaks = { loads: soakLoads, hangs: soakLoadsThatNeverSettle, batches: soakBatchesThatNeverSettle };
await soaks[kind as keyof typeof soaks]();
