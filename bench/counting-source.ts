import { makerOf, type ValueKind } from './values/value.js';

/** Answers at once, and counts. */
export class CountingSource {
  readonly #make: (id: number) => unknown;
  #loads = 0;

  constructor(value: ValueKind) {
    this.#make = makerOf(value);
  }

  get loads(): number {
    return this.#loads;
  }

  readonly load = async (id: number): Promise<unknown> => {
    this.#loads += 1;
    return this.#make(id);
  };
}
