// Tells what calls allocate: the growth of the heap, in a process whose young generation is too large to be collected meanwhile.
import { argument, obey } from '../obey.js';
import type { Order, Weight, WorkOptions } from './order.js';
import { openWork } from './work.js';

const { source, caller, call, prepare, close } = await openWork(argument() as WorkOptions);

obey(async (order: Order): Promise<Weight> => {
  await prepare(order.calls);
  const loads = source.loads;
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  await caller.run(call, order);
  return { bytes: (process.memoryUsage().heapUsed - before) / order.calls, loads: source.loads - loads };
}, close);
