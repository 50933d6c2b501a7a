import { freshnessOf, type Entry, type Lifetime } from '../entry/entry.js';
import type { AbandonResult, Awaitable, FillResult, SealedValue, StaleWindow, Store } from '../stores/store.js';
import { now } from '../time/clock.js';
import type { Events, StoreOperation } from './events.js';

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

  constructor(store: Store, events: Events) {
    this.#store = store;
    this.#events = events;
  }

  /** Answers at once where the store does. Hits are the hot path: no closure is made for it. */
  read(key: string, expected: StaleWindow): Awaitable<Entry | undefined | Failed> {
    try {
      const entry = this.#store.read(key, expected);
      if (entry === undefined || isEntry(entry)) return entry;
      return entry.catch((error: unknown) => this.failed('read', error, key));
    } catch (error) {
      return this.failed('read', error, key);
    }
  }

  /** This and `abandon` answer at once where the store does, for a flight ends with its fill. */
  fill(key: string, ticket: string, value: SealedValue, lifetime: Lifetime): Awaitable<FillResult | Failed> {
    return this.#attempt('fill', key, () => this.#store.fill(key, ticket, value, lifetime));
  }

  async open(key: string, ticket: string, maxLoad: number): Promise<Entry | undefined | Failed> {
    return this.#attempt('open', key, () => this.#store.open(key, ticket, maxLoad));
  }

  /** What this process keeps for itself while the store must not be asked. */
  readAlone(key: string): Entry | Failed {
    return this.#store.readAlone?.(key) ?? FAILED;
  }

  /** Whether there is a ticket at all. */
  openAlone(key: string, ticket: string, maxLoad: number): boolean {
    this.#store.openAlone?.(key, ticket, maxLoad);
    return this.#store.openAlone !== undefined;
  }

  abandon(key: string, ticket: string): Awaitable<AbandonResult | Failed> {
    return this.#attempt('abandon', key, () => this.#store.abandon(key, ticket));
  }

  failed(operation: StoreOperation, error: unknown, key?: string): Failed {
    this.#events.emit('store-failed', { operation, error, ...(key === undefined ? {} : { key }) });
    return FAILED;
  }

  #attempt<T>(operation: StoreOperation, key: string, action: () => Awaitable<T>): Awaitable<T | Failed> {
    try {
      const answer = action();
      return answer instanceof Promise ? answer.catch((error: unknown) => this.failed(operation, error, key)) : answer;
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
