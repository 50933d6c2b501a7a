import { now } from '../time/clock.js';
import type { Lease, LeaseTerms, LockHolder, RefreshLock } from './refresh-lock.js';

/**
 * The refresh lock of one process, for several caches over one store. A holder cannot die without taking the process
 * with it, so leases need no renewal: each lasts until it is released or `atMost` is over.
 */
export class MemoryRefreshLock implements RefreshLock {
  readonly #held = new Map<string, MemoryLease>();

  acquire(key: string, terms: LeaseTerms): Lease | undefined {
    const holder = this.#held.get(key);
    const at = now();
    if (holder !== undefined && at < holder.endsAt) return undefined;
    holder?.lose();
    const lease = new MemoryLease(at + terms.atMost, terms, () => {
      if (this.#held.get(key) === lease) this.#held.delete(key);
    });
    this.#held.set(key, lease);
    return lease;
  }

  holder(key: string): Promise<LockHolder | undefined> {
    const endsIn = Math.round((this.#held.get(key)?.endsAt ?? 0) - now());
    return Promise.resolve(endsIn > 0 ? { by: 'this process', endsIn } : undefined);
  }

  /** Frees the lock of `key`, or all: after an invalidation nobody need wait for a load that may fill nothing. */
  free(key?: string): void {
    if (key === undefined) this.#held.clear();
    else this.#held.delete(key);
  }
}

class MemoryLease implements Lease {
  readonly endsAt: number;
  readonly #terms: LeaseTerms;
  readonly #drop: () => void;
  #over = false;

  constructor(endsAt: number, terms: LeaseTerms, drop: () => void) {
    this.endsAt = endsAt;
    this.#terms = terms;
    this.#drop = drop;
  }

  lose(): void {
    if (this.#over) return;
    this.#over = true;
    this.#terms.onLost(new Error(`the lease ended after ${this.#terms.atMost} ms`));
  }

  release(): void {
    this.#over = true;
    this.#drop();
  }
}
