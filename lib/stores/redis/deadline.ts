import { CacheError } from '../../errors.js';
import { now } from '../../time/clock.js';
import { timerLength } from '../../time/timers.js';

const MAX_UNANSWERED = 1_000;

/** Decides whether a command is sent at all, and is told what became of it. */
export interface CommandWatch {
  /** The reason why it is not. */
  refusal(operation: string): Error | undefined;
  /** The server has answered in time. */
  answered(): void;
  /** The time is over, or the connection failed. */
  failed(): void;
}

/** A command whose reply is awaited, between those that were sent before and after it. */
class Waiting {
  readonly endsAt: number;
  readonly giveUp: () => void;
  before: Waiting | undefined;
  after: Waiting | undefined = undefined;
  givenUp = false;

  constructor(endsAt: number, giveUp: () => void, before: Waiting | undefined) {
    this.endsAt = endsAt;
    this.giveUp = giveUp;
    this.before = before;
  }
}

/**
 * Bounds how long replies are waited for. All have the same time, so those that wait are in the order in which it ends,
 * and one timer serves them all: a timer for each would cost more than the reply.
 */
export class Deadline {
  readonly #milliseconds: number;
  readonly #watch: CommandWatch;
  /** A list linked both ways: what joins at its end may leave from anywhere, for less than a Set takes. */
  #first: Waiting | undefined;
  #last: Waiting | undefined;
  #armed = false;
  /** Commands that were given up and are not answered yet: they wait in the client's queue, and take memory there. */
  #unanswered = 0;

  constructor(milliseconds: number, watch: CommandWatch) {
    this.#milliseconds = milliseconds;
    this.#watch = watch;
  }

  /**
   * The reply to the command that `send` sends, or a CacheError `ERR_CACHE_STORE_DEADLINE` when the time is over. What the
   * server still does with the command is harmless, and what it still answers is dropped. While 1,000 commands that were
   * given up are not answered yet, no further one is sent.
   */
  bound<T>(operation: string, send: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.settle(operation, send, resolve, reject);
    });
  }

  /** {@link bound} without a promise of its own, for the hot path: calls one of `resolve` and `reject`, once. */
  settle<T>(
    operation: string,
    send: () => Promise<T>,
    resolve: (reply: T) => void,
    reject: (error: unknown) => void,
  ): void {
    const refusal = this.#unanswered >= MAX_UNANSWERED ? overdue(operation, 'the commands sent before') : undefined;
    const reason = this.#watch.refusal(operation) ?? refusal;
    if (reason !== undefined) {
      reject(reason);
      return;
    }
    const waiting = this.#append(() => {
      reject(overdue(operation, `within ${this.#milliseconds} ms`));
    });
    if (!this.#armed) this.#arm(this.#milliseconds);
    sendSafely(send).then(
      (reply) => {
        if (!this.#isAwaited(waiting)) return;
        this.#watch.answered();
        resolve(reply);
      },
      (error: unknown) => {
        if (!this.#isAwaited(waiting)) return;
        if (isAnswer(error)) this.#watch.answered();
        else this.#watch.failed();
        reject(error);
      },
    );
  }

  /** The reply is there. Does anybody still wait for it? */
  #isAwaited(waiting: Waiting): boolean {
    if (waiting.givenUp) this.#unanswered -= 1;
    else this.#remove(waiting);
    return !waiting.givenUp;
  }

  #append(giveUp: () => void): Waiting {
    const waiting = new Waiting(now() + this.#milliseconds, giveUp, this.#last);
    if (this.#last === undefined) this.#first = waiting;
    else this.#last.after = waiting;
    this.#last = waiting;
    return waiting;
  }

  /**
   * Unlinked on its own side too: one that is no longer needed, but not collected yet, would otherwise keep alive all that came after
   * it, and what those refer to, until the next collection of the old generation.
   */
  #remove(waiting: Waiting): void {
    const { before, after } = waiting;
    if (before === undefined) this.#first = after;
    else before.after = after;
    if (after === undefined) this.#last = before;
    else after.before = before;
    waiting.before = waiting.after = undefined;
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
    for (let waiting = this.#first; waiting !== undefined; waiting = this.#first) {
      if (waiting.endsAt > at) {
        this.#arm(waiting.endsAt - now());
        return;
      }
      this.#remove(waiting);
      this.#unanswered += 1;
      waiting.givenUp = true;
      this.#watch.failed();
      waiting.giveUp();
    }
  }
}

/** A client that throws has rejected. */
function sendSafely<T>(send: () => Promise<T>): Promise<T> {
  try {
    return Promise.resolve(send());
  } catch (error) {
    return Promise.reject(error);
  }
}

/** An error that the server sent: it is there, whatever it thinks of the command. */
function isAnswer(error: unknown): boolean {
  return error instanceof Error && error.name === 'ReplyError';
}

function overdue(operation: string, limit: string): CacheError {
  const message = `Expected Redis to answer ${limit}, for \`${operation}\``;
  return new CacheError('ERR_CACHE_STORE_DEADLINE', message);
}
