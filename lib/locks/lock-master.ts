import { now } from '../time/clock.js';
import { TIMED_OUT, within } from '../time/timers.js';

/** What redlock asks of a client. */
export interface LockClient {
  evalsha(hash: string, keyCount: number, ...args: readonly unknown[]): Promise<unknown>;
  eval(script: string, keyCount: number, ...args: readonly unknown[]): Promise<unknown>;
}

/**
 * One of the servers that vote on a lock, as redlock calls it: each command has a deadline, so that every vote is cast,
 * and when one failed is remembered, so that a lost vote can be told from a refusal.
 */
export class LockMaster implements LockClient {
  readonly #client: LockClient;
  readonly #deadline: number;
  #failedAt = -Infinity;

  constructor(client: LockClient, deadline: number) {
    this.#client = client;
    this.#deadline = deadline;
  }

  /** Has a command failed since the instant `at`? One that succeeded afterwards proves nothing: redlock cleans up after a failure. */
  hasFailedSince(at: number): boolean {
    return this.#failedAt >= at;
  }

  evalsha(hash: string, keyCount: number, ...args: readonly unknown[]): Promise<unknown> {
    return this.#observe(this.#client.evalsha(hash, keyCount, ...args));
  }

  eval(script: string, keyCount: number, ...args: readonly unknown[]): Promise<unknown> {
    return this.#observe(this.#client.eval(script, keyCount, ...args));
  }

  async #observe(reply: Promise<unknown>): Promise<unknown> {
    try {
      const answer = await within(reply, this.#deadline);
      if (answer === TIMED_OUT) throw new Error(`no answer within ${this.#deadline} ms`);
      // A client with `stringNumbers` says '1'; redlock understands numbers only.
      return typeof answer === 'string' ? Number(answer) : answer;
    } catch (error) {
      if (!isMissingScript(error)) this.#failedAt = now();
      throw error;
    }
  }
}

/** An answer too: redlock then sends the script itself. */
function isMissingScript(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('NOSCRIPT');
}
