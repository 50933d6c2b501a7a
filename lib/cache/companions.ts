import type { Invalidated } from '../invalidation/invalidation-bus.js';
import type { Store, StoreObserver } from '../stores/store.js';
import { PendingInvalidations } from './pending-invalidations.js';

/** What a cache does when one of its companions, or the store of them all, has cause to. */
export interface Companion extends Required<Omit<StoreObserver, 'recovering'>> {
  /** From now on nobody joins the loads that this means, and they fill nothing: the values may be others soon, or already. */
  detach(what: Invalidated): void;
  /** An invalidation has been applied, or queued: {@link detach}, and the entries have ended. */
  invalidated(what: Invalidated): void;
  /** There are queued invalidations where there were none, or none any more. */
  pendingChanged(): void;
  /** Queued invalidations were applied. */
  replayed(what: Invalidated): void;
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
      apply: async (what) => {
        await (what === 'all' ? store.clear() : store.invalidate(what.keys, what.tags));
      },
      changed: () => {
        for (const member of this.#members) member.pendingChanged();
      },
      replayed: (what) => {
        for (const member of this.#members) member.replayed(what);
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

  detach(what: Invalidated): void {
    for (const member of this.#members) member.detach(what);
  }

  invalidated(what: Invalidated): void {
    for (const member of this.#members) member.invalidated(what);
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
      seen: tell('seen'),
      evicted: tell('evicted'),
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
