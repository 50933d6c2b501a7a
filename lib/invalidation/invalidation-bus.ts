/** Some keys, and every key whose entry has one of some tags. */
export interface InvalidatedNames {
  readonly keys: readonly string[];
  readonly tags: readonly string[];
}

/** What was invalidated: what these names mean, or every key. */
export type Invalidated = InvalidatedNames | 'all';

/** Who invalidated it. A process is told of its own invalidations too, before and after they are applied. */
export type InvalidatedBy = 'this process' | 'another process';

/** Why invalidations may have been missed. */
export type BusGap = 'connected' | 'disconnected' | 'messages lost';

/** What a bus tells, as soon as it knows. None may throw. */
export interface BusListener {
  /** What is kept of `what` must not be used any more, nor what was read of it and not kept yet. */
  invalidated(what: Invalidated, by: InvalidatedBy): void;
  /** The same for everything: any number of invalidations may have been missed. */
  missed(gap: BusGap): void;
  /** The bus could not be asked, or listened to; it goes on trying. */
  failed(error: unknown): void;
}

/** How closely a bus is watched. Both in milliseconds. */
export interface BusTerms {
  /** An invalidation whose message is lost is found out within this time. */
  readonly heartbeat: number;
  /** For how long it is taken for quiet, rather than lost, while nothing answers and no connection has closed. */
  readonly maxSilence: number;
}

export type BusState = 'connected' | 'disconnected';

export interface BusHealth {
  readonly state: BusState;
  /** For how long it has not been certain that no invalidation is missing, in milliseconds; `'unknown'` while it cannot be. */
  readonly lag: number | 'unknown';
}

/** One listener's part in a bus. */
export interface BusSubscription {
  /**
   * The instant (`time/clock.ts`) from which on what is kept must not be used until this has moved on: `-Infinity` while
   * invalidations cannot arrive. So a process that was suspended trusts nothing when it wakes up.
   */
  readonly trustedUntil: number;
  health(): BusHealth;
  close(): void;
}

/**
 * Carries invalidations between the processes that share a store. It belongs to that store, which announces on it all
 * that it invalidates, in the same atomic step where its medium allows: keys, tags, everything, and keys that were `set`.
 *
 * Messages may be lost, and a bus must find out: whoever trusts what they keep until `trustedUntil` serves no value that
 * was invalidated longer ago than `heartbeat` and two round trips; while nothing answers, `maxSilence`.
 * `spec/contracts/shared-store-contract.ts` is the executable form of this comment.
 */
export interface InvalidationBus {
  /** Begins at once, and connects again for as long as it is not closed. */
  subscribe(listener: BusListener, terms: BusTerms): BusSubscription;
}
