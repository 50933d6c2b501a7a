import { CacheError } from '../../errors.js';
import { now } from '../../time/clock.js';

interface Waiting {
  readonly endsAt: number;
  readonly giveUp: () => void;
}

/**
 * Bounds how long replies are waited for. All have the same time, so those that wait are in the order in which it ends,
 * and one timer serves them all: a timer for each would cost more than the reply.
 */
export class Deadline {
  readonly #milliseconds: number;
  readonly #waiting = new Set<Waiting>();
  #armed = false;

  constructor(milliseconds: number) {
    this.#milliseconds = milliseconds;
  }

  /**
   * The reply, or a CacheError `ERR_CACHE_STORE_DEADLINE` when the time is over. What the server still does with the
   * command is harmless, and what it still answers is dropped.
   */
  bound<T>(operation: string, reply: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const waiting: Waiting = {
        endsAt: now() + this.#milliseconds,
        giveUp: () => {
          const message = `Expected Redis to answer \`${operation}\` within ${this.#milliseconds} ms`;
          reject(new CacheError('ERR_CACHE_STORE_DEADLINE', message));
        },
      };
      this.#waiting.add(waiting);
      if (!this.#armed) this.#arm(this.#milliseconds);
      reply.then(
        (value) => {
          this.#waiting.delete(waiting);
          resolve(value);
        },
        (error: unknown) => {
          this.#waiting.delete(waiting);
          reject(error);
        },
      );
    });
  }

  #arm(milliseconds: number): void {
    this.#armed = true;
    setTimeout(() => {
      this.#check();
    }, milliseconds).unref();
  }

  /**
   * A timer that fires late because this event loop was blocked says nothing about Redis: replies that have arrived
   * meanwhile are let in before the verdict.
   */
  #check(): void {
    const at = now();
    setImmediate(() => {
      setImmediate(() => {
        this.#giveUpUntil(at);
      });
    });
  }

  #giveUpUntil(at: number): void {
    this.#armed = false;
    for (const waiting of this.#waiting) {
      if (waiting.endsAt > at) {
        this.#arm(waiting.endsAt - now());
        return;
      }
      this.#waiting.delete(waiting);
      waiting.giveUp();
    }
  }
}
