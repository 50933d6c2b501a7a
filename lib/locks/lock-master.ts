import { now } from '../time/clock.js';
import { TIMED_OUT, within } from '../time/timers.js';

/** What redlock asks of a client. */
export interface LockClient {
  evalsha(hash: string, keyCount: number, ...args: readonly unknown[]): Promise<unknown>;
  eval(script: string, keyCount: number, ...args: readonly unknown[]): Promise<unknown>;
}

/** And what is asked for people to read. */
export interface ReadableLockClient extends LockClient {
  get(name: string): Promise<unknown>;
  pttl(name: string): Promise<unknown>;
}

/** One master's vote on who has a lock. */
export interface LockVote {
  /** What redlock has written there; `null` where nobody has it. */
  readonly value: unknown;
  /** When it ends by itself, in milliseconds; not above 0 where nobody has it. */
  readonly endsIn: number;
}

/**
 * One of the servers that vote on a lock, as redlock calls it: each command has a deadline, so that every vote is cast,
 * and when one failed is remembered, so that a lost vote can be told from a refusal.
 */
export class LockMaster implements LockClient {
  readonly #client: ReadableLockClient;
  readonly #deadline: number;
  #failedAt = -Infinity;

  constructor(client: ReadableLockClient, deadline: number) {
    this.#client = client;
    this.#deadline = deadline;
  }

  /** Has a command failed since the instant `at`? One that succeeded afterwards proves nothing: redlock cleans up after a failure. */
  hasFailedSince(at: number): boolean {
    return this.#failedAt >= at;
  }

  evalsha(hash: string, keyCount: number, ...args: readonly unknown[]): Promise<unknown> {
    return this.#observe(this.#client.evalsha(hash, keyCount, ...args)).then(toNumber);
  }

  eval(script: string, keyCount: number, ...args: readonly unknown[]): Promise<unknown> {
    return this.#observe(this.#client.eval(script, keyCount, ...args)).then(toNumber);
  }

  /** For people to read: that it fails is no matter of the votes of others. */
  async voteOn(resource: string): Promise<LockVote> {
    const [value, endsIn] = await Promise.all([
      this.#inTime(this.#client.get(resource)),
      this.#inTime(this.#client.pttl(resource)),
    ]);
    return { value, endsIn: Number(endsIn) };
  }

  async #inTime(reply: Promise<unknown>): Promise<unknown> {
    const answer = await within(reply, this.#deadline);
    if (answer === TIMED_OUT) throw new Error(`no answer within ${this.#deadline} ms`);
    return answer;
  }

  async #observe(reply: Promise<unknown>): Promise<unknown> {
    try {
      return await this.#inTime(reply);
    } catch (error) {
      if (!isMissingScript(error)) this.#failedAt = now();
      throw error;
    }
  }
}

/** A client with `stringNumbers` says '1'; redlock understands numbers only. */
function toNumber(answer: unknown): unknown {
  return typeof answer === 'string' ? Number(answer) : answer;
}

/** An answer too: redlock then sends the script itself. */
function isMissingScript(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('NOSCRIPT');
}
