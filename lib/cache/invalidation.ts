import type { Lifetime } from '../entry/entry.js';
import type { SealedValue, Store } from '../stores/store.js';
import type { Events, StoreOperation } from './events.js';
import type { PendingInvalidations, PendingKeys } from './pending-invalidations.js';

/** `queued`: the store is away; the invalidation is tried again until it is applied. */
export type InvalidationResult = 'applied' | 'queued';

/** Applies invalidations to a store, and queues those that it could not apply. Never rejects. */
export class InvalidationApplier {
  readonly #store: Store;
  readonly #events: Events;
  readonly #pending: PendingInvalidations;
  readonly #underWay = new Set<Promise<InvalidationResult>>();

  constructor(store: Store, events: Events, pending: PendingInvalidations) {
    this.#store = store;
    this.#events = events;
    this.#pending = pending;
  }

  /** Is no invalidation still to be applied? */
  isIdle(): boolean {
    return this.#pending.size === 0;
  }

  /** Is an invalidation of `key` still to be applied? Then what the store holds must not be used. */
  isPending(key: string): boolean {
    return this.#pending.covers(key);
  }

  async invalidate(keys: readonly string[]): Promise<InvalidationResult> {
    if (keys.length === 0) return 'applied';
    const result = await this.#apply('invalidate', keys, () => this.#store.invalidate(keys));
    if (result === 'applied') for (const key of keys) this.#events.emit('invalidate', { key });
    return result;
  }

  async clear(): Promise<InvalidationResult> {
    const result = await this.#apply('clear', 'all', () => this.#store.clear());
    if (result === 'applied') this.#events.emit('clear', {});
    return result;
  }

  /** A value that could not be written leaves an old one behind: then the key is invalidated. */
  replace(key: string, value: SealedValue, lifetime: Lifetime): Promise<InvalidationResult> {
    return this.#apply('set', [key], () => this.#store.set(key, value, lifetime));
  }

  /** How many invalidations are still to be applied. */
  get queued(): number | 'all' {
    return this.#pending.size === Infinity ? 'all' : this.#pending.size;
  }

  /** Waits for what is under way, and tries what is queued once more; resolves to what is left. */
  async close(): Promise<PendingKeys> {
    await Promise.all([...this.#underWay]);
    return this.#pending.flush();
  }

  #apply(
    operation: StoreOperation,
    keys: PendingKeys,
    action: () => void | Promise<void>,
  ): Promise<InvalidationResult> {
    const applied = this.#attempt(operation, keys, action).finally(() => this.#underWay.delete(applied));
    this.#underWay.add(applied);
    return applied;
  }

  async #attempt(
    operation: StoreOperation,
    keys: PendingKeys,
    action: () => void | Promise<void>,
  ): Promise<InvalidationResult> {
    try {
      await action();
      return 'applied';
    } catch (error) {
      this.#pending.add(keys);
      this.#events.emit('store-failed', { operation, error });
      this.#events.emit('invalidation-queued', { keys, error });
      return 'queued';
    }
  }
}
