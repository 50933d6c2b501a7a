import { isPromise, whenThere, type Awaitable } from '../awaitable.js';
import { freshnessOf, type Entry } from '../entry/entry.js';
import type { CacheKey } from '../keys/cache-key.js';
import type { AbandonResult, Expected, FillResult, FillTerms, SealedValue, Store } from '../stores/store.js';
import { now } from '../time/clock.js';
import type { Events, StoreOperation } from './events.js';
import type { GuardedTracing } from './guarded-tracing.js';
import type { PendingInvalidations } from './pending-invalidations.js';
import type { Wanted } from './wanted.js';

/** What stands for an answer that the store could not give. */
export const FAILED = 'failed';
export type Failed = typeof FAILED;

type NamedKey = Pick<CacheKey, 'text' | 'pattern'>;

export interface StoreAccessOptions {
  readonly store: Store;
  readonly events: Events;
  readonly pending: Pick<PendingInvalidations, 'covers'>;
  /** Absent where calls of the store are no work to be told of. */
  readonly tracing: GuardedTracing | undefined;
}

/**
 * The store as the engine uses it: a failure is told as an event and becomes the answer {@link FAILED}, so that no way
 * through a call can forget that stores fail.
 */
export class StoreAccess {
  readonly #store: Store;
  readonly #events: Events;
  readonly #pending: Pick<PendingInvalidations, 'covers'>;
  readonly #tracing: GuardedTracing | undefined;

  constructor({ store, events, pending, tracing }: StoreAccessOptions) {
    this.#store = store;
    this.#events = events;
    this.#pending = pending;
    this.#tracing = tracing;
  }

  /** Answers at once where the store does. */
  read(key: CacheKey, expected: Expected): Awaitable<Entry | undefined | Failed> {
    return this.readAnd(key.text, key, expected, (found) => found);
  }

  /** {@link read} a key by its text, and what `next` makes of it: hits are the hot path, and it takes one promise less. */
  readAnd<T>(
    key: string,
    about: Pick<CacheKey, 'pattern'>,
    expected: Expected,
    next: (found: Entry | undefined | Failed) => Awaitable<T>,
  ): Awaitable<T> {
    let found: Awaitable<Entry | undefined>;
    try {
      found =
        this.#tracing === undefined
          ? this.#store.read(key, expected)
          : this.#traced('read', { text: key, pattern: about.pattern }, () => this.#store.read(key, expected));
    } catch (error) {
      return next(this.failed('read', error, key));
    }
    if (found === undefined || isEntry(found)) return next(found);
    return found.then(next, (error: unknown) => next(this.failed('read', error, key)));
  }

  /** {@link read} where values tell tags, or invalidations are queued. */
  async readWithCare(key: CacheKey, wanted: Wanted): Promise<Entry | undefined | Failed> {
    const { text } = key;
    if (this.#pending.covers(text, wanted.tags)) return this.readAlone(text, wanted);
    const found = await this.read(key, wanted);
    const admitted = found === FAILED ? found : this.#admit(text, found, wanted, 'told');
    return admitted === FAILED && found !== FAILED ? this.readAlone(text, wanted) : admitted;
  }

  /** This and `abandon` answer at once where the store does, for a flight ends with its fill. */
  fill(key: CacheKey, ticket: string, value: SealedValue, terms: FillTerms): Awaitable<FillResult | Failed> {
    return this.#attempt('fill', key, () => this.#store.fill(key.text, ticket, value, terms));
  }

  /** A fill that others are told of, as of an invalidation. */
  update(key: CacheKey, ticket: string, value: SealedValue, terms: FillTerms): Awaitable<FillResult | Failed> {
    return this.#attempt('fill', key, () => this.#store.update(key.text, ticket, value, terms));
  }

  /** What is found with it but is not to be used is none: there is a ticket all the same. */
  open(key: CacheKey, ticket: string, maxLoad: number, wanted: Wanted): Awaitable<Entry | undefined | Failed> {
    const found = this.#attempt('open', key, () => this.#store.open(key.text, ticket, maxLoad, wanted.tagging));
    return whenThere(found, (entry) => this.#admitOpened(key.text, entry, wanted));
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

  abandon(key: CacheKey, ticket: string): Awaitable<AbandonResult | Failed> {
    return this.#attempt('abandon', key, () => this.#store.abandon(key.text, ticket));
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

  #attempt<T>(operation: StoreOperation, key: CacheKey, action: () => Awaitable<T>): Awaitable<T | Failed> {
    try {
      const answer = this.#traced(operation, key, action);
      return isPromise(answer) ? answer.catch((error: unknown) => this.failed(operation, error, key.text)) : answer;
    } catch (error) {
      return this.failed(operation, error, key.text);
    }
  }

  #traced<T>(operation: StoreOperation, { text, pattern }: NamedKey, action: () => Awaitable<T>): Awaitable<T> {
    if (this.#tracing === undefined) return action();
    return this.#tracing.trace({ kind: 'store', operation, key: text, pattern }, action);
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
