import { CacheError } from '../../errors.js';
import { now } from '../../time/clock.js';
import { timerLength } from '../../time/timers.js';

const MAX_UNANSWERED = 1_000;

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
  /** Commands that were given up and are not answered yet: they wait in the client's queue, and take memory there. */
  #unanswered = 0;

  constructor(milliseconds: number) {
    this.#milliseconds = milliseconds;
  }

  /**
   * The reply to the command that `send` sends, or a CacheError `ERR_CACHE_STORE_DEADLINE` when the time is over. What the
   * server still does with the command is harmless, and what it still answers is dropped. While 1,000 commands that were
   * given up are not answered yet, no further one is sent.
   */
  bound<T>(operation: string, send: () => Promise<T>): Promise<T> {
    if (this.#unanswered >= MAX_UNANSWERED) return Promise.reject(overdue(operation, 'the commands sent before'));
    return new Promise((resolve, reject) => {
      let givenUp = false;
      const waiting: Waiting = {
        endsAt: now() + this.#milliseconds,
        giveUp: () => {
          givenUp = true;
          this.#unanswered += 1;
          reject(overdue(operation, `within ${this.#milliseconds} ms`));
        },
      };
      const settle = () => {
        if (givenUp) this.#unanswered -= 1;
        else this.#waiting.delete(waiting);
      };
      this.#waiting.add(waiting);
      if (!this.#armed) this.#arm(this.#milliseconds);
      send().then(
        (value) => {
          settle();
          resolve(value);
        },
        (error: unknown) => {
          settle();
          reject(error);
        },
      );
    });
  }

  #arm(milliseconds: number): void {
    this.#armed = true;
    setTimeout(() => {
      this.#check();
    }, timerLength(milliseconds)).unref();
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

function overdue(operation: string, limit: string): CacheError {
  const message = `Expected Redis to answer ${limit}, for \`${operation}\``;
  return new CacheError('ERR_CACHE_STORE_DEADLINE', message);
}
