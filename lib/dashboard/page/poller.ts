/** Two seconds: a rate that a person can follow. */
const INTERVAL = 2_000;

/** Does something again and again, while it is not paused and the page is to be seen; never twice at a time. */
export class Poller {
  readonly #task: () => Promise<void>;
  #paused = false;
  #timer: number | undefined;
  #running = false;
  #again = false;

  constructor(task: () => Promise<void>) {
    this.#task = task;
    document.addEventListener('visibilitychange', () => {
      this.#resume();
    });
  }

  get paused(): boolean {
    return this.#paused;
  }

  set paused(paused: boolean) {
    this.#paused = paused;
    this.#resume();
  }

  /** At once, also while it is paused: what is asked for has changed. */
  async now(): Promise<void> {
    window.clearTimeout(this.#timer);
    this.#again = this.#running;
    if (this.#running) return;
    this.#running = true;
    try {
      await this.#task();
    } finally {
      this.#running = false;
      if (this.#again) void this.now();
      else this.#plan();
    }
  }

  #resume(): void {
    window.clearTimeout(this.#timer);
    if (this.#mayGoOn()) void this.now();
  }

  #plan(): void {
    if (this.#mayGoOn()) this.#timer = window.setTimeout(() => void this.now(), INTERVAL);
  }

  #mayGoOn(): boolean {
    return !this.#paused && document.visibilityState === 'visible';
  }
}
