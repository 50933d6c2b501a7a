import type { CacheKey } from '../keys/cache-key.js';
import type { Store } from '../stores/store.js';
import type { CachedMethod } from './cached-method.js';
import { currentMode } from './call-mode.js';
import type { CallStatistics } from './call-statistics.js';
import { isDeferring } from './deferral.js';
import type { Events } from './events.js';
import { sealFor, termsOf, windowsOf } from './fill-terms.js';
import type { InvalidationResult } from './invalidation-applier.js';
import { FAILED, type StoreAccess } from './store-access.js';
import { newTicket } from './ticket.js';
import type { Wanted } from './wanted.js';

export interface UpdatesOptions {
  readonly store: StoreAccess;
  readonly sealer: Pick<Store, 'seal'>;
  readonly events: Events;
  readonly statistics: CallStatistics;
  readonly maxLoad: number;
  /** Once the cache is closed, it fills nothing. */
  readonly isClosed: () => boolean;
  readonly scoped: (key: CacheKey) => CacheKey;
  readonly invalidate: (key: CacheKey) => Promise<InvalidationResult>;
  /** Detaches the loads of the key before and after. */
  readonly detaching: <T>(key: CacheKey, apply: () => Promise<T>) => Promise<T>;
}

/** What a method that writes has returned, and what became of its entry. */
export interface Updated {
  readonly result: unknown;
  readonly outcome: InvalidationResult;
}

/** One write, and the right to fill its entry. */
interface Update {
  readonly key: CacheKey;
  readonly target: CachedMethod;
  readonly self: unknown;
  readonly args: readonly unknown[];
  /** Absent where the store did not answer. */
  readonly ticket: string | undefined;
}

/**
 * Write-through: the result of a method that writes becomes the entry. Its ticket is opened before the method is called, so
 * that of several writers at a time, whose writes may come to the source in another order than their results to the store,
 * at most one fills: the others find their tickets ended, and invalidate. So does whoever cannot fill. Loads in flight
 * lose their tickets to the fill.
 */
export class Updates {
  readonly #options: UpdatesOptions;

  constructor(options: UpdatesOptions) {
    this.#options = options;
  }

  /** Rejects before anything is written where there can be no key, or tags; and with the method's own error. */
  async write(target: CachedMethod, self: unknown, args: readonly unknown[]): Promise<Updated> {
    const key = this.#options.scoped(target.key.keyOf(args, self));
    const wanted = target.policy.wantedBy(args);
    const ticket = this.#mayFill() ? await this.#open(key, wanted) : undefined;
    const update: Update = { key, target, self, args, ticket };
    let result: unknown;
    try {
      result = await (Reflect.apply(target.method, self, args) as Promise<unknown>);
    } catch (error) {
      this.#abandon(update);
      throw error;
    }
    return { result, outcome: await this.#fillOrInvalidate(update, result) };
  }

  #mayFill(): boolean {
    return !isDeferring() && currentMode() !== 'bypassed' && !this.#options.isClosed();
  }

  async #open(key: CacheKey, wanted: Wanted): Promise<string | undefined> {
    const ticket = newTicket();
    const opened = await this.#options.store.open(key, ticket, this.#options.maxLoad, wanted);
    return opened === FAILED ? undefined : ticket;
  }

  async #fillOrInvalidate(update: Update, result: unknown): Promise<InvalidationResult> {
    const { key, target, args, ticket } = update;
    const { events, sealer, store, detaching, invalidate, statistics } = this.#options;
    const about = { key, policy: target.policy, args };
    const terms = termsOf(events, about, result);
    const sealed = typeof terms === 'string' ? terms : (sealFor(sealer, key, result) ?? 'value unsupported');
    if (ticket === undefined || typeof terms === 'string' || typeof sealed === 'string') {
      if (typeof sealed === 'string')
        events.emit('fill-skipped', { key: key.text, pattern: key.pattern, reason: sealed });
      this.#abandon(update);
      return invalidate(key);
    }
    const filled = await detaching(key, async () => store.update(key, ticket, sealed, terms));
    if (filled !== 'filled') return invalidate(key);
    const by = target.filledBy(update.self);
    statistics.filledByUpdate({ key: key.text, pattern: key.pattern }, { by, sealed, terms });
    events.tellCounted('fill', key, windowsOf(terms.lifetime));
    return 'applied';
  }

  #abandon({ key, ticket }: Update): void {
    if (ticket !== undefined) void this.#options.store.abandon(key, ticket);
  }
}
