import Redlock, { type Lock } from 'redlock';

import { CacheError, checkFunction, invalidOption } from '../errors.js';
import { checkOptionNames, type NamesOf } from '../known-names.js';
import { now } from '../time/clock.js';
import { TIMED_OUT, timerLength, within } from '../time/timers.js';
import { LockMaster, type ReadableLockClient } from './lock-master.js';
import type { Lease, LeaseTerms, LockHolder, RefreshLock } from './refresh-lock.js';

export interface RedlockRefreshLockOptions {
  /** One client, or several of masters that know nothing of each other. */
  readonly clients: readonly ReadableLockClient[];
  /** The name of a key's lock in Redis. */
  readonly resourceOf: (key: string) => string;
  /** How long Redis may take to answer, in milliseconds. */
  readonly deadline: number;
  /** The reason why `resource` need not even be asked for now, where it is known that Redis is away. Default: never. */
  readonly refusal?: (resource: string) => Error | undefined;
}

const LOCK_OPTIONS: NamesOf<RedlockRefreshLockOptions> = {
  clients: true,
  resourceOf: true,
  deadline: true,
  refusal: true,
};

/**
 * The refresh lock over Redis, by the Redlock algorithm (https://redis.io/docs/latest/develop/use/patterns/distributed-locks/).
 *
 * redlock's `using` is not for us: it rejects a routine that succeeded after its lease ran out, and its `acquire` never
 * settles on a server that hangs. So each request is made once, with a deadline, and leases are renewed here.
 */
export class RedlockRefreshLock implements RefreshLock {
  readonly #redlock: Redlock;
  readonly #masters: readonly LockMaster[];
  readonly #options: RedlockRefreshLockOptions;
  /** What redlock has written for the locks of this process. */
  readonly #own = new Set<unknown>();

  /** @throws CacheError `ERR_CACHE_OPTION_INVALID` */
  constructor(options: RedlockRefreshLockOptions) {
    this.#options = checkLockOptions(options);
    this.#masters = options.clients.map((client) => new LockMaster(client, options.deadline));
    this.#redlock = new Redlock(this.#masters, { retryCount: 0 });
  }

  async acquire(key: string, terms: LeaseTerms): Promise<Lease | undefined> {
    const { deadline } = this.#options;
    const resource = this.#resourceToAsk(key);
    const askedAt = now();
    const request = this.#redlock.acquire([resource], terms.lease);
    const outcome = await within(
      request.catch((error: unknown) => this.#toRefusal(error, askedAt)),
      deadline,
    );
    if (outcome === TIMED_OUT) {
      request.then(releaseQuietly, () => undefined);
      throw new CacheError('ERR_CACHE_STORE_DEADLINE', `Expected Redis to answer \`lock\` within ${deadline} ms`);
    }
    if (outcome === 'held') return undefined;
    const { value } = outcome;
    this.#own.add(value);
    return new RenewedLease(outcome, terms, deadline, () => this.#own.delete(value));
  }

  /** As most masters have it; one that does not answer has no vote. */
  async holder(key: string): Promise<LockHolder | undefined> {
    const resource = this.#resourceToAsk(key);
    const votes = await Promise.allSettled(this.#masters.map((master) => master.voteOn(resource)));
    const failures = votes.filter((vote) => vote.status === 'rejected');
    if (failures.length > (votes.length - 1) / 2) throw failures[0]?.reason;
    const lives = votes.map((vote) => (vote.status === 'fulfilled' ? vote.value.endsIn : 0)).sort((a, b) => b - a);
    const endsIn = lives[Math.floor(lives.length / 2)] ?? 0;
    const isOwn = votes.some((vote) => vote.status === 'fulfilled' && this.#own.has(vote.value.value));
    return endsIn > 0 ? { by: isOwn ? 'this process' : 'another process', endsIn } : undefined;
  }

  /** The name of the lock; throws where it need not be asked for, as Redis is known to be away. */
  #resourceToAsk(key: string): string {
    const { resourceOf, refusal } = this.#options;
    const resource = resourceOf(key);
    const reason = refusal?.(resource);
    if (reason !== undefined) throw reason;
    return resource;
  }

  /**
   * `held` when others have the lock; rejects when so many masters fail that no majority could be had anyway. redlock's own
   * account of the votes would not do: it is not given before the last vote, which a master that hangs never casts.
   */
  #toRefusal(error: unknown, askedAt: number): 'held' {
    const failing = this.#masters.filter((master) => master.hasFailedSince(askedAt)).length;
    if (failing > (this.#masters.length - 1) / 2) throw error;
    return 'held';
  }
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
  readonly #ended: () => void;
  #lock: Lock;
  #validUntil: number;
  #timer: NodeJS.Timeout | undefined;
  #over = false;

  constructor(lock: Lock, terms: LeaseTerms, deadline: number, ended: () => void) {
    this.#lock = lock;
    this.#terms = terms;
    this.#deadline = deadline;
    this.#ended = ended;
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
    this.#timer = setTimeout(() => void this.#renew(), timerLength(this.#terms.lease / 3));
    this.#timer.unref();
  }

  async #renew(): Promise<void> {
    const reason =
      now() < this.#renewUntil ? await this.#extend() : new Error(`no longer than ${this.#terms.atMost} ms`);
    if (this.#over) return;
    if (now() < this.#validUntil) this.#schedule();
    else this.#lose(reason);
  }

  /** Each extension makes the lock before it useless, so one that succeeds too late for its deadline counts too. */
  async #extend(): Promise<unknown> {
    const startedAt = now();
    const extension = this.#lock.extend(this.#terms.lease).then((renewed) => {
      this.#lock = renewed;
      this.#validUntil = startedAt + this.#terms.lease;
    });
    try {
      return await within(extension, this.#deadline);
    } catch (error) {
      return error;
    }
  }

  #lose(reason: unknown): void {
    this.#end();
    this.#terms.onLost(reason);
  }

  #end(): void {
    this.#over = true;
    this.#ended();
    clearTimeout(this.#timer);
  }
}

function checkLockOptions(options: RedlockRefreshLockOptions): RedlockRefreshLockOptions {
  const { clients, resourceOf, deadline, refusal } = checkOptionNames('options', options, LOCK_OPTIONS);
  if (!Array.isArray(clients) || clients.length === 0)
    throw invalidOption('clients', 'a list of at least one client', clients);
  checkFunction('resourceOf', resourceOf);
  if (!(Number.isFinite(deadline) && deadline > 0))
    throw invalidOption('deadline', 'a number of milliseconds above 0', deadline);
  if (refusal !== undefined) checkFunction('refusal', refusal);
  return options;
}
