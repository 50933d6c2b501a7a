import { setTimeout as pause } from 'node:timers/promises';

import type { Source } from './cache-worker.js';

/** The source of random histories: each read takes its value at once and 5 to 40 ms to deliver it, as a slow query does. */
export class SlowSource implements Source {
  readonly #values = new Map<string, number>();
  #reading = 0;

  readonly load = async (id: string): Promise<number> => {
    const value = this.valueOf(id);
    this.#reading += 1;
    await pause(5 + Math.random() * 35);
    this.#reading -= 1;
    return value;
  };

  readonly write = (id: string): void => {
    this.#values.set(id, this.valueOf(id) + 1);
  };

  valueOf(id: string): number {
    return this.#values.get(id) ?? 0;
  }

  /** Waits until nobody reads. */
  async quiet(): Promise<void> {
    while (this.#reading > 0) await pause(20);
  }
}
