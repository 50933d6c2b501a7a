import type { RedisStore } from 'freshkeep/redis';
import type { Awaitable, Entry, FillResult, Lifetime, RefreshLock, SealedValue, Store } from 'freshkeep';

/** The control of race specs: a store that fills whatever became of the ticket, as nearly every caching library does. */
export class TicketlessStore implements Store {
  readonly lock: RefreshLock;
  readonly #store: RedisStore;

  constructor(store: RedisStore) {
    this.#store = store;
    this.lock = store.lock;
  }

  async fill(key: string, _ticket: string, value: SealedValue, lifetime: Lifetime): Promise<FillResult> {
    await this.#store.set(key, value, lifetime);
    return 'filled';
  }

  read(key: string): Awaitable<Entry | undefined> {
    return this.#store.read(key);
  }

  open(key: string, ticket: string, maxLoad: number): Awaitable<Entry | undefined> {
    return this.#store.open(key, ticket, maxLoad);
  }

  abandon(key: string, ticket: string): Awaitable<void> {
    return this.#store.abandon(key, ticket);
  }

  set(key: string, value: SealedValue, lifetime: Lifetime): Awaitable<void> {
    return this.#store.set(key, value, lifetime);
  }

  invalidate(keys: readonly string[]): Awaitable<void> {
    return this.#store.invalidate(keys);
  }

  clear(): Awaitable<void> {
    return this.#store.clear();
  }

  seal(value: unknown): SealedValue {
    return this.#store.seal(value);
  }
}
