import type { Store, StoreObserver } from '../stores/store.js';
import { PendingInvalidations, type PendingKeys } from './pending-invalidations.js';

/** What a cache does when one of its companions, or the store of them all, has cause to. */
export interface Companion extends Required<Omit<StoreObserver, 'recovering'>> {
  /** From now on nobody joins the loads of these keys, and they fill nothing. */
  detach(keys: PendingKeys): void;
  /** There are queued invalidations where there were none, or none any more. */
  pendingChanged(): void;
  /** Queued invalidations were applied. */
  replayed(keys: PendingKeys): void;
}

/**
 * The caches of this process over one store. What one of them invalidates is invalidated for all: its queue is theirs, and
 * their loads are detached with its own.
 */
export class Companions {
  static readonly #byStore = new WeakMap<Store, Companions>();
  readonly pending: PendingInvalidations;
  readonly #members = new Set<Companion>();

  static of(store: Store): Companions {
    let companions = Companions.#byStore.get(store);
    if (companions === undefined) {
      companions = new Companions(store);
      Companions.#byStore.set(store, companions);
    }
    return companions;
  }

  private constructor(store: Store) {
    this.pending = new PendingInvalidations({
      apply: async (keys) => {
        await (keys === 'all' ? store.clear() : store.invalidate(keys));
      },
      changed: () => {
        for (const member of this.#members) member.pendingChanged();
      },
      replayed: (keys) => {
        for (const member of this.#members) member.replayed(keys);
      },
    });
    store.observe?.(this.#observer());
  }

  join(companion: Companion): void {
    this.#members.add(companion);
  }

  leave(companion: Companion): 'was the last' | 'others stay' {
    this.#members.delete(companion);
    return this.#members.size === 0 ? 'was the last' : 'others stay';
  }

  detach(keys: PendingKeys): void {
    for (const member of this.#members) member.detach(keys);
  }

  /** One for all, which outlives each of them. */
  #observer(): StoreObserver {
    const tell =
      <N extends keyof Companion>(name: N) =>
      (...args: Parameters<Companion[N]>): void => {
        for (const member of this.#members) (member[name] as (...told: Parameters<Companion[N]>) => void)(...args);
      };
    return {
      entryUnreadable: tell('entryUnreadable'),
      invalidatedElsewhere: tell('invalidatedElsewhere'),
      breakerChanged: tell('breakerChanged'),
      copyFailed: tell('copyFailed'),
      busFailed: tell('busFailed'),
      copiesDropped: tell('copiesDropped'),
      recovering: async () => {
        await this.pending.flush();
      },
    };
  }
}
