import type { Invalidated, InvalidatedNames } from '../invalidation/invalidation-bus.js';
import type { FillTerms, SealedValue, Store } from '../stores/store.js';
import { toInvalidationEvent, type Events, type StoreOperation } from './events.js';
import type { GuardedTracing } from './guarded-tracing.js';
import type { PendingInvalidations } from './pending-invalidations.js';
import type { TracedWork } from './tracing.js';

/**
 * `queued`: the store is away; the invalidation is tried again until it is applied. `deferred`: it is applied when the scope of
 * `deferInvalidations` has ended well.
 */
export type InvalidationResult = 'applied' | 'queued' | 'deferred';

export interface InvalidationApplierOptions {
  readonly store: Store;
  readonly events: Events;
  readonly pending: PendingInvalidations;
  readonly tracing: GuardedTracing | undefined;
}

/** Applies invalidations to a store, and queues those that it could not apply. Never rejects. */
export class InvalidationApplier {
  readonly #store: Store;
  readonly #events: Events;
  readonly #pending: PendingInvalidations;
  readonly #tracing: GuardedTracing | undefined;
  readonly #underWay = new Set<Promise<InvalidationResult>>();

  constructor({ store, events, pending, tracing }: InvalidationApplierOptions) {
    this.#store = store;
    this.#events = events;
    this.#pending = pending;
    this.#tracing = tracing;
  }

  /** Is no invalidation still to be applied? */
  isIdle(): boolean {
    return this.#pending.size === 0;
  }

  async invalidate(names: InvalidatedNames): Promise<InvalidationResult> {
    const { keys, tags } = names;
    if (keys.length + tags.length === 0) return 'applied';
    const result = await this.#apply('invalidate', names, () => this.#store.invalidate(keys, tags));
    if (result === 'queued') return result;
    for (const key of keys) this.#events.emit('invalidate', { key });
    for (const tag of tags) this.#events.emit('invalidate-tag', { tag });
    return result;
  }

  async clear(): Promise<InvalidationResult> {
    const result = await this.#apply('clear', 'all', () => this.#store.clear());
    if (result === 'applied') this.#events.emit('clear', {});
    return result;
  }

  /** A value that could not be written leaves an old one behind: then the key is invalidated. */
  replace(key: string, value: SealedValue, terms: FillTerms): Promise<InvalidationResult> {
    const names = { keys: [key], tags: [] };
    return this.#apply('set', names, () => this.#store.set(key, value, terms));
  }

  /** How many invalidations are still to be applied. */
  get queued(): number | 'all' {
    return this.#pending.size === Infinity ? 'all' : this.#pending.size;
  }

  /** Waits for what is under way, and tries what is queued once more; resolves to what is left. */
  async close(): Promise<Invalidated> {
    await Promise.all([...this.#underWay]);
    return this.#pending.flush();
  }

  #apply(
    operation: StoreOperation,
    what: Invalidated,
    action: () => void | Promise<void>,
  ): Promise<InvalidationResult> {
    const applied = this.#attempt(operation, what, action).finally(() => this.#underWay.delete(applied));
    this.#underWay.add(applied);
    return applied;
  }

  async #attempt(
    operation: StoreOperation,
    what: Invalidated,
    action: () => void | Promise<void>,
  ): Promise<InvalidationResult> {
    try {
      await (this.#tracing === undefined
        ? action()
        : this.#tracing.trace({ kind: 'store', operation, ...subjectOf(what) }, action));
      return 'applied';
    } catch (error) {
      this.#pending.add(what);
      this.#events.emit('store-failed', { operation, error });
      this.#events.emit('invalidation-queued', { ...toInvalidationEvent(what), error });
      return 'queued';
    }
  }
}

/** What a trace tells of it: how many keys and tags they are, and the key where it is one. */
function subjectOf(what: Invalidated): Pick<TracedWork, 'key' | 'keys' | 'tags'> {
  if (what === 'all') return {};
  const { keys, tags } = what;
  const [key] = keys;
  const counts = { keys: keys.length, tags: tags.length };
  return keys.length === 1 && tags.length === 0 && key !== undefined ? { ...counts, key } : counts;
}
