import { isPromise, whenThere, type Awaitable } from '../awaitable.js';
import { freshnessOf, type Entry } from '../entry/entry.js';
import type { AbandonResult, Expected, FillResult, FillTerms, SealedValue, Store } from '../stores/store.js';
import { now } from '../time/clock.js';
import type { Events, StoreOperation } from './events.js';
import type { PendingInvalidations } from './pending-invalidations.js';
import type { Wanted } from './wanted.js';

/** What stands for an answer that the store could not give. */
export const FAILED = 'failed';
export type Failed = typeof FAILED;

/**
 * The store as the engine uses it: a failure is told as an event and becomes the answer {@link FAILED}, so that no way
 * through a call can forget that stores fail.
 */
export class StoreAccess {
  readonly #store: Store;
  readonly #events: Events;
  readonly #pending: Pick<PendingInvalidations, 'covers'>;

  constructor(store: Store, events: Events, pending: Pick<PendingInvalidations, 'covers'>) {
    this.#store = store;
    this.#events = events;
    this.#pending = pending;
  }

  /** Answers at once where the store does. */
  read(key: string, expected: Expected): Awaitable<Entry | undefined | Failed> {
    return this.readAnd(key, expected, (found) => found);
  }

  /** {@link read}, and what `next` makes of it: hits are the hot path, and it takes one promise less. */
  readAnd<T>(key: string, expected: Expected, next: (found: Entry | undefined | Failed) => Awaitable<T>): Awaitable<T> {
    let found: Awaitable<Entry | undefined>;
    try {
      found = this.#store.read(key, expected);
    } catch (error) {
      return next(this.failed('read', error, key));
    }
    if (found === undefined || isEntry(found)) return next(found);
    return found.then(next, (error: unknown) => next(this.failed('read', error, key)));
  }

  /** {@link read} where values tell tags, or invalidations are queued. */
  async readWithCare(key: string, wanted: Wanted): Promise<Entry | undefined | Failed> {
    if (this.#pending.covers(key, wanted.tags)) return this.readAlone(key, wanted);
    const found = await this.read(key, wanted);
    const admitted = found === FAILED ? found : this.#admit(key, found, wanted, 'told');
    return admitted === FAILED && found !== FAILED ? this.readAlone(key, wanted) : admitted;
  }

  /** This and `abandon` answer at once where the store does, for a flight ends with its fill. */
  fill(key: string, ticket: string, value: SealedValue, terms: FillTerms): Awaitable<FillResult | Failed> {
    return this.#attempt('fill', key, () => this.#store.fill(key, ticket, value, terms));
  }

  /** A fill that others are told of, as of an invalidation. */
  update(key: string, ticket: string, value: SealedValue, terms: FillTerms): Awaitable<FillResult | Failed> {
    return this.#attempt('fill', key, () => this.#store.update(key, ticket, value, terms));
  }

  /** What is found with it but is not to be used is none: there is a ticket all the same. */
  open(key: string, ticket: string, maxLoad: number, wanted: Wanted): Awaitable<Entry | undefined | Failed> {
    const found = this.#attempt('open', key, () => this.#store.open(key, ticket, maxLoad, wanted.tagging));
    return whenThere(found, (entry) => this.#admitOpened(key, entry, wanted));
  }

  #admitOpened(key: string, found: Entry | undefined | Failed, wanted: Wanted): Entry | undefined | Failed {
    if (found === FAILED) return found;
    const admitted = this.#admit(key, found, wanted, 'told before');
    return admitted === FAILED ? undefined : admitted;
  }

  /** What this process keeps for itself while the store must not be asked. */
  readAlone(key: string, wanted: Wanted): Entry | Failed {
    const found = this.#store.readAlone?.(key, wanted);
    return found === undefined || wanted.lacksTags?.(found) === true ? FAILED : found;
  }

  /** Whether there is a ticket at all. */
  openAlone(key: string, ticket: string, maxLoad: number, wanted: Wanted): boolean {
    this.#store.openAlone?.(key, ticket, maxLoad, wanted.tagging);
    return this.#store.openAlone !== undefined;
  }

  abandon(key: string, ticket: string): Awaitable<AbandonResult | Failed> {
    return this.#attempt('abandon', key, () => this.#store.abandon(key, ticket));
  }

  failed(operation: StoreOperation, error: unknown, key?: string): Failed {
    this.#events.emit('store-failed', { operation, error, ...(key === undefined ? {} : { key }) });
    return FAILED;
  }

  /** {@link FAILED} where the invalidation of one of its tags is queued: what the store holds must not be used. */
  #admit(
    key: string,
    entry: Entry | undefined,
    { lacksTags, misfit }: Wanted,
    told: 'told' | 'told before',
  ): Entry | undefined | Failed {
    if (entry === undefined || lacksTags?.(entry) === true) return undefined;
    const error = misfit?.(entry);
    if (error !== undefined) {
      if (told === 'told') this.#events.emit('entry-unreadable', { key, error });
      return undefined;
    }
    return entry.tags !== undefined && this.#pending.covers(key, entry.tags) ? FAILED : entry;
  }

  #attempt<T>(operation: StoreOperation, key: string, action: () => Awaitable<T>): Awaitable<T | Failed> {
    try {
      const answer = action();
      return isPromise(answer) ? answer.catch((error: unknown) => this.failed(operation, error, key)) : answer;
    } catch (error) {
      return this.failed(operation, error, key);
    }
  }
}

/** Is it an entry, and there already? Neither a promise nor {@link FAILED} has a `staleAt`; `instanceof` takes longer to tell. */
export function isEntry(found: Awaitable<Entry | undefined | Failed>): found is Entry {
  return (found as Partial<Entry> | undefined)?.staleAt !== undefined;
}

/** May this be served now? */
export function isUsable(found: Entry | undefined | Failed): found is Entry {
  return found !== undefined && found !== FAILED && freshnessOf(found, now()) !== 'expired';
}
