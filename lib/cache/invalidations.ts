import type { Invalidated, InvalidatedNames } from '../invalidation/invalidation-bus.js';
import type { FillTerms, SealedValue, Store } from '../stores/store.js';
import type { Companions } from './companions.js';
import { defer, type Invalidator, type Repeat } from './deferral.js';
import type { Events } from './events.js';
import type { GuardedTracing } from './guarded-tracing.js';
import { InvalidationApplier, type InvalidationResult } from './invalidation-applier.js';
import { Repeats } from './repeats.js';

export interface InvalidationsOptions {
  readonly store: Store;
  readonly companions: Companions;
  readonly events: Events;
  readonly tracing: GuardedTracing | undefined;
}

/** The invalidations of one cache: applied now, when a transaction has ended, or once more later. */
export class Invalidations {
  readonly #companions: Companions;
  readonly #applier: InvalidationApplier;
  readonly #repeats = new Repeats();
  readonly #invalidator: Invalidator;

  constructor({ store, companions, events, tracing }: InvalidationsOptions) {
    this.#companions = companions;
    this.#applier = new InvalidationApplier({ store, events, pending: companions.pending, tracing });
    this.#invalidator = {
      store,
      apply: async (what, repeats) => {
        await this.apply(what);
        for (const repeat of repeats) this.#repeat(repeat);
      },
    };
  }

  /** Is none still to be applied? */
  isIdle(): boolean {
    return this.#applier.isIdle();
  }

  /** How many are still to be applied. */
  get queued(): number | 'all' {
    return this.#applier.queued;
  }

  /** Within `deferInvalidations` when that has ended; and once more after `repeatAfter` milliseconds. */
  async invalidate(what: Invalidated, repeatAfter?: number): Promise<InvalidationResult> {
    const deferred = this.#defer(what, repeatAfter);
    if (deferred !== undefined) return deferred;
    const result = await this.apply(what);
    if (repeatAfter !== undefined) this.#repeat({ what, after: repeatAfter });
    return result;
  }

  /** A value that somebody knows to be new, whatever was there. */
  async replace(key: string, value: SealedValue, terms: FillTerms): Promise<InvalidationResult> {
    const names: InvalidatedNames = { keys: [key], tags: [] };
    return this.#defer(names) ?? this.detaching(names, () => this.#applier.replace(key, value, terms));
  }

  /** At once, whatever transaction the calling code is part of. */
  apply(what: Invalidated): Promise<InvalidationResult> {
    return this.detaching(what, () => (what === 'all' ? this.#applier.clear() : this.#applier.invalidate(what)));
  }

  /** Detaches before, for calls from now on; and after, for loads that began before the store had applied it. */
  async detaching<T>(what: Invalidated, apply: () => Promise<T>): Promise<T> {
    this.#companions.detach(what);
    try {
      return await apply();
    } finally {
      this.#companions.invalidated(what);
    }
  }

  /** None is repeated any more. */
  endRepeats(): void {
    this.#repeats.end();
  }

  /** Waits for what is under way, and tries what is queued once more; resolves to what is left. */
  close(): Promise<Invalidated> {
    return this.#applier.close();
  }

  /** What a load that is under way has read may be from within the transaction, and must not stay if that is rolled back. */
  #defer(what: Invalidated, repeatAfter?: number): 'deferred' | undefined {
    const deferred = defer(this.#invalidator, what, repeatAfter);
    if (deferred !== undefined) this.#companions.detach(what);
    return deferred;
  }

  #repeat({ what, after }: Repeat): void {
    this.#repeats.plan(after, () => this.apply(what));
  }
}
