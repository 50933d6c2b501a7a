import { timerLength } from '../time/timers.js';

/** What is done once more after a while; at the end at once, rather than never. */
export class Repeats {
  readonly #planned = new Map<NodeJS.Timeout, () => unknown>();

  plan(milliseconds: number, action: () => unknown): void {
    const timer = setTimeout(() => {
      this.#planned.delete(timer);
      action();
    }, timerLength(milliseconds));
    timer.unref();
    this.#planned.set(timer, action);
  }

  end(): void {
    for (const [timer, action] of this.#planned) {
      clearTimeout(timer);
      action();
    }
    this.#planned.clear();
  }
}
