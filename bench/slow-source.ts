import { setTimeout as pause } from 'node:timers/promises';

import { makerOf, type ValueKind } from './values/value.js';

export interface SlowSourceOptions {
  readonly value: ValueKind;
  /** How long it takes to answer. */
  readonly milliseconds: number;
}

/** Takes its time, as a query does, and knows what it was asked for. */
export class SlowSource {
  readonly #make: (id: number) => unknown;
  readonly #milliseconds: number;
  #loads = 0;
  readonly #begun = new Map<number, number>();
  readonly #ended = new Map<number, number>();

  constructor({ value, milliseconds }: SlowSourceOptions) {
    this.#make = makerOf(value);
    this.#milliseconds = milliseconds;
  }

  readonly load = async (id: number): Promise<unknown> => {
    this.#loads += 1;
    countUp(this.#begun, id);
    await pause(this.#milliseconds);
    countUp(this.#ended, id);
    return this.#make(id);
  };

  /** How many loads have begun. */
  get loads(): number {
    return this.#loads;
  }

  /** How many of `id`. */
  loadsOf(id: number): number {
    return this.#begun.get(id) ?? 0;
  }

  isLoading(id: number): boolean {
    return this.loadsOf(id) > (this.#ended.get(id) ?? 0);
  }
}

function countUp(counts: Map<number, number>, id: number): void {
  counts.set(id, (counts.get(id) ?? 0) + 1);
}
