import { setTimeout as pause } from 'node:timers/promises';

import type { CountingSource } from '../counting-source.js';
import type { Service } from '../libraries/library.js';

const AT_ONCE = 100;
const MOST_PASSES = 100;

export interface FillOptions {
  readonly service: Service;
  readonly source: CountingSource;
  /** From 1. */
  readonly keys: number;
}

/**
 * Makes every id a hit. Some libraries answer before they have stored, or copied to this process: so all are asked for until
 * twice in a row nothing was loaded.
 */
export async function fill({ service, source, keys }: FillOptions): Promise<void> {
  let quietPasses = 0;
  for (let pass = 0; quietPasses < 2; pass += 1) {
    if (pass === MOST_PASSES) throw new Error(`Expected ${keys} ids to be hits at last, some never are`);
    const before = source.loads;
    await findAll(service, keys);
    quietPasses = source.loads === before ? quietPasses + 1 : 0;
    await pause(1);
  }
}

/** {@link fill}, the first time that it is asked for. */
export function fillOnce(options: FillOptions): () => Promise<void> {
  let filled: Promise<void> | undefined;
  return () => (filled ??= fill(options));
}

async function findAll(service: Service, keys: number): Promise<void> {
  for (let first = 1; first <= keys; first += AT_ONCE) {
    const ids = Array.from({ length: Math.min(AT_ONCE, keys + 1 - first) }, (_, index) => first + index);
    await Promise.all(ids.map((id) => service.find(id)));
  }
}
