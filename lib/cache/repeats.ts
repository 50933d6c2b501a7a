import { timerLength } from '../time/timers.js';

/** What is done once more after a while; at the end, and from then on, at once, rather than never. */
export class Repeats {
  readonly #planned = new Map<NodeJS.Timeout, () => unknown>();
  #ended = false;

  plan(milliseconds: number, action: () => unknown): void {
    if (this.#ended) {
      action();
      return;
    }
    const timer = setTimeout(() => {
      this.#planned.delete(timer);
      action();
    }, timerLength(milliseconds));
    timer.unref();
    this.#planned.set(timer, action);
  }

  end(): void {
    this.#ended = true;
    for (const [timer, action] of this.#planned) {
      clearTimeout(timer);
      action();
    }
    this.#planned.clear();
  }
}
