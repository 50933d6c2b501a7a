// A contender's own process. It does nothing until it is asked for a round, so that contenders can take turns.
import type { Contender } from './contenders/contender.js';
import { drawIds, type Popularity } from './random.js';
import type { Measured, Order } from './worker-process.js';

/** A power of two: the next id is found without a division. */
const IDS = 1 << 16;

const [file = '', keyCount = '', popularity = ''] = process.argv.slice(2);
const keys = Number(keyCount);
const ids = drawIds(keys, popularity as Popularity, IDS);
const { contender } = (await import(file)) as { readonly contender: Contender };
await contender.fill(keys);

process.on('message', (order: Order) => {
  void obey(order);
});
process.send?.('ready');

async function obey(order: Order): Promise<void> {
  if (order.kind === 'close') {
    await contender.close();
    process.disconnect();
    return;
  }
  process.send?.(order.kind === 'round' ? await timeRound(order) : await weighRound(order));
}

async function timeRound({ operations, eachCall }: Order): Promise<Measured> {
  if (eachCall) return timeCalls(operations);
  const startedAt = process.hrtime.bigint();
  await callAll(operations);
  return { nanoseconds: Number(process.hrtime.bigint() - startedAt) / operations };
}

async function callAll(operations: number): Promise<void> {
  for (let index = 0; index < operations; index += 1) await contender.find(ids[index & (IDS - 1)] ?? 1);
}

/** For calls so slow that looking at the clock does not matter. */
async function timeCalls(operations: number): Promise<Measured> {
  const latencies = new Float64Array(operations);
  const startedAt = performance.now();
  for (let index = 0; index < operations; index += 1) {
    const calledAt = performance.now();
    await contender.find(ids[index & (IDS - 1)] ?? 1);
    latencies[index] = performance.now() - calledAt;
  }
  const nanoseconds = ((performance.now() - startedAt) * 1e6) / operations;
  latencies.sort();
  return { nanoseconds, p99Milliseconds: latencies[Math.floor(operations * 0.99)] ?? NaN };
}

/** What a call allocates: the heap's growth, in a process whose young generation is too large to be collected meanwhile. */
async function weighRound({ operations }: Order): Promise<Measured> {
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  await callAll(operations);
  return { bytes: (process.memoryUsage().heapUsed - before) / operations };
}
