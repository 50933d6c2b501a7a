import { createCache, key, MemoryStore } from 'freshkeep';

const CALLS = Number(process.argv[2] ?? 1_000_000);
const CHECKPOINTS = 5;

/** Calls for keys that never come again; prints the heap at each checkpoint and what is left at the end, as JSON. */
async function soak(): Promise<void> {
  const cache = createCache({ store: new MemoryStore({ maxEntries: 1_000 }) });
  const find = cache.wrap(async (id: number) => (id % 10 === 0 ? Promise.reject(new Error('none')) : { id }), {
    key: (id: number) => key`soak:${id}`,
    ttl: '1m',
    staleWhileRevalidate: '1h',
  });
  const heaps: number[] = [];
  for (let checkpoint = 1; checkpoint <= CHECKPOINTS; checkpoint += 1) {
    const end = (CALLS / CHECKPOINTS) * checkpoint;
    for (let id = end - CALLS / CHECKPOINTS; id < end; id += 1) {
      await find(id).catch(() => undefined);
      if (id % 7 === 0) await cache.invalidate(key`soak:${id}`);
    }
    heaps.push(heapInUse());
  }
  await cache.close();
  const resources = process.getActiveResourcesInfo().filter((name) => /Timeout|Immediate/.test(name));
  process.stdout.write(JSON.stringify({ heaps, resources }));
}

function heapInUse(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

await soak();
