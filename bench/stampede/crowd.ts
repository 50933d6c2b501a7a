// One of the processes whose callers all want the same entry.
import { setTimeout as pause } from 'node:timers/promises';

import { argument, obey } from '../obey.js';
import { openService } from '../open-service.js';
import { SlowSource } from '../slow-source.js';
import type { CrowdOptions, Order, Reply } from './order.js';

const { service: options, callers, sourceMilliseconds } = argument() as CrowdOptions;
const source = new SlowSource({ value: 'user', milliseconds: sourceMilliseconds });
const service = await openService(options, source.load);

obey(
  async (order: Order): Promise<Reply> => {
    const latencies = await follow(order);
    return { loads: source.loadsOf(order.id), latencies };
  },
  () => service.close(),
);

async function follow(order: Order): Promise<number[]> {
  if (order.kind === 'count') return [];
  if (order.kind === 'warm') return [await call(order.id)];
  await pause(order.at - Date.now());
  return Promise.all(Array.from({ length: callers }, () => call(order.id)));
}

async function call(id: number): Promise<number> {
  const calledAt = performance.now();
  await service.find(id);
  return performance.now() - calledAt;
}
