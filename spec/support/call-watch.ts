import { setTimeout as pause } from 'node:timers/promises';

/** Calls one after the other, until it is stopped, and notes how long they take: what a caller sees of a fault. */
export class CallWatch {
  readonly #watching: Promise<void>;
  #slowest = 0;
  #calls = 0;
  #failures = 0;
  #stopped = false;

  constructor(call: () => Promise<unknown>) {
    this.#watching = this.#watch(call);
  }

  async stop(): Promise<{ readonly calls: number; readonly slowest: number; readonly failures: number }> {
    this.#stopped = true;
    await this.#watching;
    return { calls: this.#calls, slowest: this.#slowest, failures: this.#failures };
  }

  async #watch(call: () => Promise<unknown>): Promise<void> {
    while (!this.#stopped) {
      const startedAt = performance.now();
      await call().catch(() => (this.#failures += 1));
      this.#slowest = Math.max(this.#slowest, performance.now() - startedAt);
      this.#calls += 1;
      await pause(5);
    }
  }
}
