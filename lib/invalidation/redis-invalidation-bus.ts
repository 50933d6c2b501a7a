import type { BusListener, BusSubscription, BusTerms, Invalidated, InvalidationBus } from './invalidation-bus.js';
import { RedisBusSubscription, type RedisBusOptions } from './redis-bus-subscription.js';

/**
 * The bus over Redis pub/sub, which promises nothing: so every message carries its position, and a heartbeat compares that of
 * the last message with the one that Redis keeps. The scripts of the store advance it and publish, in one step with what
 * they invalidate.
 */
export class RedisInvalidationBus implements InvalidationBus {
  readonly #options: RedisBusOptions;
  readonly #listeners = new Set<BusListener>();

  constructor(options: RedisBusOptions) {
    this.#options = options;
  }

  subscribe(listener: BusListener, terms: BusTerms): BusSubscription {
    this.#listeners.add(listener);
    return new RedisBusSubscription(this.#options, listener, terms, () => {
      this.#listeners.delete(listener);
    });
  }

  /** Tells the listeners of this process, without a detour, of what it invalidates. */
  tellOwn(what: Invalidated): void {
    for (const listener of this.#listeners) listener.invalidated(what, 'this process');
  }
}
