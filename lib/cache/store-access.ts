import type { Entry, Lifetime } from '../entry/entry.js';
import type { Awaitable, FillResult, SealedValue, Store } from '../stores/store.js';
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

  /** Answers at once where the store does: this is the hot path. */
  read(key: string): Awaitable<Entry | undefined | Failed> {
    try {
      const entry = this.#store.read(key);
      return entry instanceof Promise ? entry.catch((error: unknown) => this.failed('read', error, key)) : entry;
    } catch (error) {
      return this.failed('read', error, key);
    }
  }

  open(key: string, ticket: string, maxLoad: number): Promise<Entry | undefined | Failed> {
    return this.#attempt('open', key, () => this.#store.open(key, ticket, maxLoad));
  }

  fill(key: string, ticket: string, value: SealedValue, lifetime: Lifetime): Promise<FillResult | Failed> {
    return this.#attempt('fill', key, () => this.#store.fill(key, ticket, value, lifetime));
  }

  abandon(key: string, ticket: string): Promise<void | Failed> {
    return this.#attempt('abandon', key, () => this.#store.abandon(key, ticket));
  }

  failed(operation: StoreOperation, error: unknown, key?: string): Failed {
    this.#events.emit('store-failed', { operation, error, ...(key === undefined ? {} : { key }) });
    return FAILED;
  }

  async #attempt<T>(operation: StoreOperation, key: string, action: () => Awaitable<T>): Promise<T | Failed> {
    try {
      return await action();
    } catch (error) {
      return this.failed(operation, error, key);
    }
  }
}
