import type { Awaitable } from '../awaitable.js';

/** The terms of a lease, in milliseconds. */
export interface LeaseTerms {
  /** After this time without renewal the lock ends by itself: so long is a dead holder waited for. */
  readonly lease: number;
  /** The holder renews its lease until it releases it, but never beyond this time from acquiring it. */
  readonly atMost: number;
  /** Called at most once when the lease ended before it was released. */
  readonly onLost: (reason: unknown) => void;
}

/** The right to load, for as long as it is held. */
export interface Lease {
  /** Gives the lock back if it is still ours; never rejects, and does nothing the second time. */
  release(): Awaitable<void>;
}

/** Who has the lock of a key now. */
export interface LockHolder {
  readonly by: 'this process' | 'another process';
  /** When the lock ends by itself unless its lease is renewed, in milliseconds. */
  readonly endsIn: number;
}

/**
 * Elects the process that loads. It saves work and decides nothing else: what may be written is up to tickets
 * (`stores/store.ts`), so a lock that is lost, refused or broken costs at most another load.
 */
export interface RefreshLock {
  /**
   * Tries once. Gives a lease, or `undefined` when another holds the lock; rejects when it cannot tell, within
   * a bounded time. A lock that is granted too late is given back. Where all is in this process, the answer needs no promise.
   */
  acquire(key: string, terms: LeaseTerms): Awaitable<Lease | undefined>;
  /** For people to read; `undefined` where nobody has it. Rejects when it cannot tell, within a bounded time. */
  holder?(key: string): Promise<LockHolder | undefined>;
}
