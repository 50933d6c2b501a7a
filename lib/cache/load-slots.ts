import pLimit, { type LimitFunction } from 'p-limit';

/** Bounds how many loads of a cache run at once; the others wait for their turn, first come, first served. */
export class LoadSlots {
  readonly #limit: LimitFunction;

  constructor(atMost: number) {
    this.#limit = pLimit(atMost);
  }

  get waiting(): number {
    return this.#limit.pendingCount;
  }

  /** Resolves when it is this load's turn, to what ends it. */
  take(): Promise<() => void> {
    return new Promise((resolve) => {
      const occupy = () =>
        new Promise<void>((end) => {
          resolve(end);
        });
      void this.#limit(occupy);
    });
  }
}
