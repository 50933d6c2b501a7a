const INTERVAL = 5;

/** Measures how late plain timers fire in this process, in milliseconds: the noise in every time measured meanwhile. */
export class LagWatch {
  #longest = 0;
  #dueAt = performance.now() + INTERVAL;
  readonly #timer = setInterval(() => {
    this.#note();
    this.#dueAt = performance.now() + INTERVAL;
  }, INTERVAL).unref();

  /** The longest delay so far. */
  get longest(): number {
    this.#note();
    return this.#longest;
  }

  /** Ends it; the longest delay seen. */
  stop(): number {
    clearInterval(this.#timer);
    return this.longest;
  }

  #note(): void {
    this.#longest = Math.max(this.#longest, performance.now() - this.#dueAt);
  }
}
