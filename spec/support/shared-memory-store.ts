import { MemoryStore, type Entry } from 'freshkeep';
import type {
  AbandonResult,
  BreakerState,
  BusHealth,
  BusListener,
  BusSubscription,
  Expected,
  FillResult,
  FillTerms,
  InspectOptions,
  Invalidated,
  InvalidationBus,
  LivingEntry,
  SealedValue,
  SharedStore,
  StoreHealth,
  StoreObserver,
  Tagging,
  TierReport,
} from 'freshkeep';

/** What several stores share: the entries, and the line on which they announce what they invalidate. */
export class SharedMedium {
  readonly entries = new MemoryStore({ isolation: 'clone' });
  /** Announcements that have not arrived yet; `deliver` lets them. */
  readonly #onTheirWay: (() => void)[] = [];
  readonly #members = new Set<{ readonly listener: BusListener; readonly owner: SharedMemoryStore }>();
  /** Do announcements arrive by themselves, at once? */
  immediate = true;

  join(owner: SharedMemoryStore, listener: BusListener): () => void {
    const member = { owner, listener };
    this.#members.add(member);
    return () => this.#members.delete(member);
  }

  tell(from: SharedMemoryStore, what: Invalidated): void {
    for (const { owner, listener } of this.#members) if (owner === from) listener.invalidated(what, 'this process');
  }

  announce(from: SharedMemoryStore, what: Invalidated): void {
    for (const { owner, listener } of this.#members) {
      if (owner === from) continue;
      this.#onTheirWay.push(() => {
        listener.invalidated(what, 'another process');
      });
    }
    if (this.immediate) this.deliver();
  }

  deliver(): void {
    for (const arrive of this.#onTheirWay.splice(0)) arrive();
  }

  /** Members find out that they have missed something. */
  miss(): void {
    this.#onTheirWay.length = 0;
    for (const { listener } of this.#members) listener.missed('messages lost');
  }
}

/**
 * A shared store whose medium is in this process: a spec decides what it answers, when an announcement arrives, and what
 * the bus is worth.
 */
export class SharedMemoryStore implements SharedStore {
  readonly bus: InvalidationBus;
  /** What is asked of it, in this order. */
  readonly asked: string[] = [];
  /** Holds up the answers of reads. */
  gate: Promise<void> | undefined;
  failure: Error | undefined;
  trustedUntil = Infinity;
  #breaker: BreakerState | undefined;
  readonly #observers: StoreObserver[] = [];
  readonly #medium: SharedMedium;

  constructor(medium: SharedMedium) {
    this.#medium = medium;
    this.bus = { subscribe: (listener) => new MemorySubscription(this, medium.join(this, listener)) };
  }

  async read(key: string, expected?: Expected): Promise<Entry | undefined> {
    return this.#answer('read', () => this.#medium.entries.read(key, expected));
  }

  /** What is left of a life counts from here, as it does in the other process. */
  async readLiving(key: string, expected?: Expected): Promise<LivingEntry | undefined> {
    return this.#answer('readLiving', () => {
      const entry = this.#medium.entries.read(key, expected);
      const at = performance.now();
      if (entry === undefined || at >= (entry.lastResortUntil ?? entry.expiresAt)) return undefined;
      const ttl = Math.max(0, entry.staleAt - at);
      const left = (until: number) => Math.max(0, until - at - ttl);
      const windows = entry.lastResortUntil === undefined ? {} : { staleIfError: left(entry.lastResortUntil) };
      return { entry, remaining: { ttl, staleWhileRevalidate: left(entry.expiresAt), ...windows } };
    });
  }

  async open(key: string, ticket: string, maxLoad: number, tagging?: Tagging): Promise<Entry | undefined> {
    return this.#answer('open', () => this.#medium.entries.open(key, ticket, maxLoad, tagging));
  }

  async fill(key: string, ticket: string, value: SealedValue, terms: FillTerms): Promise<FillResult> {
    return this.#answer('fill', () => this.#medium.entries.fill(key, ticket, value, terms));
  }

  async update(key: string, ticket: string, value: SealedValue, terms: FillTerms): Promise<FillResult> {
    const names = { keys: [key], tags: [] };
    this.#medium.tell(this, names);
    const result = await this.#answer('update', () => this.#medium.entries.fill(key, ticket, value, terms));
    if (result === 'filled') this.#medium.announce(this, names);
    this.#medium.tell(this, names);
    return result;
  }

  async abandon(key: string, ticket: string): Promise<AbandonResult> {
    return this.#medium.entries.abandon(key, ticket);
  }

  async set(key: string, value: SealedValue, terms: FillTerms): Promise<void> {
    await this.#announcing({ keys: [key], tags: [] }, () => {
      this.#medium.entries.set(key, value, terms);
    });
  }

  async invalidate(keys: readonly string[], tags: readonly string[] = []): Promise<void> {
    await this.#announcing({ keys, tags }, () => {
      this.#medium.entries.invalidate(keys, tags);
    });
  }

  async clear(): Promise<void> {
    await this.#announcing('all', () => {
      this.#medium.entries.clear();
    });
  }

  observe(observer: StoreObserver): void {
    this.#observers.push(observer);
  }

  health(): StoreHealth {
    return this.#breaker === undefined ? {} : { breaker: this.#breaker };
  }

  /** From now on it has a breaker. */
  become(state: BreakerState): void {
    this.#breaker = state;
    for (const observer of this.#observers) observer.breakerChanged?.(state, undefined);
  }

  async inspect(key: string, options: InspectOptions): Promise<readonly TierReport[]> {
    try {
      return await this.#answer('inspect', () => this.#medium.entries.inspect(key, options));
    } catch (error) {
      return [{ tier: 'shared', notUsed: String(error) }];
    }
  }

  seal(value: unknown): SealedValue {
    return this.#medium.entries.seal(value);
  }

  async #announcing(what: Invalidated, apply: () => void): Promise<void> {
    this.#medium.tell(this, what);
    await this.#answer('invalidate', apply);
    this.#medium.announce(this, what);
    this.#medium.tell(this, what);
  }

  /** Done at once; the answer is held up. */
  async #answer<T>(operation: string, act: () => T): Promise<T> {
    this.asked.push(operation);
    if (this.failure !== undefined) throw this.failure;
    const answer = act();
    await this.gate;
    return answer;
  }
}

class MemorySubscription implements BusSubscription {
  readonly #store: SharedMemoryStore;
  readonly #leave: () => void;
  #closed = false;

  constructor(store: SharedMemoryStore, leave: () => void) {
    this.#store = store;
    this.#leave = leave;
  }

  get trustedUntil(): number {
    return this.#closed ? -Infinity : this.#store.trustedUntil;
  }

  health(): BusHealth {
    return { state: 'connected', lag: 0 };
  }

  close(): void {
    this.#closed = true;
    this.#leave();
  }
}
