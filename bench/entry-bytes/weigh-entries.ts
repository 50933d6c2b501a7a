// Tells what entries take: the growth of memory between an empty process and one whose cache is full.
import { setTimeout as pause } from 'node:timers/promises';

import { CountingSource } from '../counting-source.js';
import { argument, obey } from '../obey.js';
import { importLibrary, openService, type ServiceOptions } from '../open-service.js';
import { fill } from '../tasks/fill.js';

/** What it is started with. */
export interface EntriesOptions {
  readonly service: ServiceOptions;
  readonly entries: number;
}

const COLLECTIONS = 4;
/** In milliseconds: what ends with a turn of the event loop, or with a timer, is no part of an entry. */
const BETWEEN_COLLECTIONS = 20;

const { service: options, entries } = argument() as EntriesOptions;
const source = new CountingSource('user');
await importLibrary(options.file);
const before = await bytesInUse();
const service = await openService(options, source.load);

obey(
  async (): Promise<number> => {
    await fill({ service, source, keys: entries });
    return ((await bytesInUse()) - before) / entries;
  },
  () => service.close(),
);

/** On the heap, and of buffers beside it. */
async function bytesInUse(): Promise<number> {
  for (let collection = 0; collection < COLLECTIONS; collection += 1) {
    globalThis.gc?.();
    await pause(BETWEEN_COLLECTIONS);
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
