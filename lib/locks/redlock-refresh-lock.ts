import Redlock, { ExecutionError, ResourceLockedError, type Lock } from 'redlock';

import { CacheError } from '../errors.js';
import { now } from '../time/clock.js';
import { TIMED_OUT, within } from '../time/timers.js';
import type { Lease, LeaseTerms, RefreshLock } from './refresh-lock.js';

export interface RedlockRefreshLockOptions {
  /** One client, or several of masters that know nothing of each other. */
  readonly clients: Iterable<unknown>;
  /** The name of a key's lock in Redis. */
  readonly resourceOf: (key: string) => string;
  /** How long Redis may take to answer, in milliseconds. */
  readonly deadline: number;
}

/**
 * The refresh lock over Redis, by the Redlock algorithm (https://redis.io/docs/latest/develop/use/patterns/distributed-locks/).
 *
 * redlock's `using` is not for us: it rejects a routine that succeeded after its lease ran out, and its `acquire` never
 * settles on a server that hangs. So each request is made once, with a deadline, and leases are renewed here.
 */
export class RedlockRefreshLock implements RefreshLock {
  readonly #redlock: Redlock;
  readonly #options: RedlockRefreshLockOptions;

  constructor(options: RedlockRefreshLockOptions) {
    this.#redlock = new Redlock(options.clients, { retryCount: 0 });
    this.#options = options;
  }

  async acquire(key: string, terms: LeaseTerms): Promise<Lease | undefined> {
    const { deadline, resourceOf } = this.#options;
    const request = this.#redlock.acquire([resourceOf(key)], terms.lease);
    const outcome = await within(request.catch(toRefusal), deadline);
    if (outcome === TIMED_OUT) {
      request.then(releaseQuietly, () => undefined);
      throw new CacheError('ERR_CACHE_STORE_DEADLINE', `Expected Redis to answer \`lock\` within ${deadline} ms`);
    }
    return outcome === 'held' ? undefined : new RenewedLease(outcome, terms, deadline);
  }
}

/** `held` when others have the lock; rejects when so many servers failed that no majority could be had anyway. */
async function toRefusal(error: unknown): Promise<'held'> {
  const attempt = error instanceof ExecutionError ? await error.attempts.at(-1) : undefined;
  if (attempt === undefined) throw error;
  const failures = [...attempt.votesAgainst.values()].filter((vote) => !(vote instanceof ResourceLockedError));
  const [failure] = failures;
  if (failure !== undefined && failures.length >= attempt.quorumSize) throw failure;
  return 'held';
}

async function releaseQuietly(lock: Lock): Promise<void> {
  // Whatever goes wrong here, the lock ends by itself when its lease does.
  await lock.release().catch(() => undefined);
}

/** A lease that is renewed each third of its length. */
class RenewedLease implements Lease {
  readonly #terms: LeaseTerms;
  readonly #deadline: number;
  readonly #renewUntil: number;
  #lock: Lock;
  #validUntil: number;
  #timer: NodeJS.Timeout | undefined;
  #over = false;

  constructor(lock: Lock, terms: LeaseTerms, deadline: number) {
    this.#lock = lock;
    this.#terms = terms;
    this.#deadline = deadline;
    this.#validUntil = now() + terms.lease;
    this.#renewUntil = now() + terms.atMost;
    this.#schedule();
  }

  async release(): Promise<void> {
    if (this.#over) return;
    this.#end();
    await within(releaseQuietly(this.#lock), this.#deadline);
  }

  #schedule(): void {
    this.#timer = setTimeout(() => void this.#renew(), this.#terms.lease / 3);
    this.#timer.unref();
  }

  async #renew(): Promise<void> {
    const startedAt = now();
    let reason: unknown = new Error(`the lease ended after ${this.#terms.atMost} ms`);
    if (startedAt < this.#renewUntil) {
      try {
        const renewed = await within(this.#lock.extend(this.#terms.lease), this.#deadline);
        if (renewed !== TIMED_OUT) {
          this.#lock = renewed;
          this.#validUntil = startedAt + this.#terms.lease;
        }
      } catch (error) {
        reason = error;
      }
    }
    if (this.#over) return;
    if (now() < this.#validUntil) this.#schedule();
    else this.#lose(reason);
  }

  #lose(reason: unknown): void {
    this.#end();
    this.#terms.onLost(reason);
  }

  #end(): void {
    this.#over = true;
    clearTimeout(this.#timer);
  }
}
