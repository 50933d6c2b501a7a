import type { Invalidated, InvalidatedNames } from '../invalidation/invalidation-bus.js';
import { sleep } from '../time/timers.js';

const MAX_NAMES = 10_000;
const LARGEST_BATCH = 500;
const FIRST_PAUSE = 100;
const LONGEST_PAUSE = 5_000;

export interface PendingInvalidationsOptions {
  /** Applies invalidations to the store; rejects when it could not. */
  readonly apply: (what: Invalidated) => Promise<void>;
  /** Told whenever there may be some now where there was none, or none where there was some. */
  readonly changed: () => void;
  /** Told when queued invalidations were applied. */
  readonly replayed: (what: Invalidated) => void;
}

/** A key or a tag whose invalidation is queued. */
interface PendingName {
  readonly kind: 'key' | 'tag';
  readonly name: string;
  /** The number of its latest failure: a replay settles only what failed before the replay began. */
  readonly serial: number;
}

/**
 * Invalidations that could not be applied. While a key or tag is here, this process neither reads nor fills its entries in the
 * store, so no old value can come back by its hand; meanwhile the invalidation is tried again, at growing intervals, until
 * it is applied. Bounded: beyond 10,000 names all of them become "clear everything".
 */
export class PendingInvalidations {
  /** By kind and name, as {@link idOf} says them. */
  readonly #names = new Map<string, PendingName>();
  readonly #options: PendingInvalidationsOptions;
  #all: number | undefined;
  #serial = 0;
  /** Halved by each failure, doubled by each success: so a few keys that cannot be applied do not hold up the others. */
  #batch = LARGEST_BATCH;
  #replaying = false;
  #attempt: Promise<boolean> | undefined;

  constructor(options: PendingInvalidationsOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#all === undefined ? this.#names.size : Infinity;
  }

  /** Is an invalidation queued that means an entry of this key, with these tags? */
  covers(key: string, tags: readonly string[]): boolean {
    if (this.#all !== undefined) return true;
    if (this.#names.size === 0) return false;
    return this.#names.has(idOf('key', key)) || tags.some((tag) => this.#names.has(idOf('tag', tag)));
  }

  /** Those that mean an entry of this key, with these tags; `undefined` where there is none. */
  about(key: string, tags: readonly string[]): Invalidated | undefined {
    if (!this.covers(key, tags)) return undefined;
    if (this.#all !== undefined) return 'all';
    const keys = this.#names.has(idOf('key', key)) ? [key] : [];
    return { keys, tags: tags.filter((tag) => this.#names.has(idOf('tag', tag))) };
  }

  add(what: Invalidated): void {
    this.#serial += 1;
    if (what === 'all' || this.#all !== undefined) this.#all = this.#serial;
    else this.#addNames(what);
    if (this.#names.size > MAX_NAMES) this.#all = this.#serial;
    if (this.#all !== undefined) this.#names.clear();
    this.#options.changed();
    if (!this.#replaying) void this.#replayAll();
  }

  /** Tries at once, until one try fails; resolves to what is left, which is tried on for as long as the process lives. */
  async flush(): Promise<Invalidated> {
    while (this.size > 0 && (await this.#replayOnce()));
    return this.#all === undefined ? namesOf([...this.#names.values()]) : 'all';
  }

  #addNames({ keys, tags }: InvalidatedNames): void {
    const serial = this.#serial;
    for (const name of keys) this.#names.set(idOf('key', name), { kind: 'key', name, serial });
    for (const name of tags) this.#names.set(idOf('tag', name), { kind: 'tag', name, serial });
  }

  async #replayAll(): Promise<void> {
    this.#replaying = true;
    let pause = FIRST_PAUSE;
    while (this.size > 0) {
      await sleep(pause * (1 - Math.random() / 2), 'lets the process end');
      while (this.size > 0 && (await this.#replayOnce())) pause = FIRST_PAUSE;
      pause = Math.min(pause * 2, LONGEST_PAUSE);
    }
    this.#replaying = false;
  }

  /** One try at a time, whoever asks for it. */
  #replayOnce(): Promise<boolean> {
    this.#attempt ??= this.#replayBatch().finally(() => {
      this.#attempt = undefined;
    });
    return this.#attempt;
  }

  async #replayBatch(): Promise<boolean> {
    const before = this.#serial;
    const batch = this.#all === undefined ? [...this.#names.values()].slice(0, this.#batch) : 'all';
    const what = batch === 'all' ? batch : namesOf(batch);
    try {
      await this.#options.apply(what);
    } catch {
      if (batch !== 'all') this.#postpone(batch);
      return false;
    }
    this.#batch = Math.min(this.#batch * 2, LARGEST_BATCH);
    if (batch !== 'all') this.#settle(batch, before);
    else if (this.#all !== undefined && this.#all <= before) this.#all = undefined;
    this.#options.changed();
    this.#options.replayed(what);
    return true;
  }

  /** Others first, next time. */
  #postpone(batch: readonly PendingName[]): void {
    this.#batch = Math.max(1, Math.floor(batch.length / 2));
    for (const { kind, name } of batch) {
      const id = idOf(kind, name);
      const pending = this.#names.get(id);
      if (pending !== undefined && this.#names.delete(id)) this.#names.set(id, pending);
    }
  }

  #settle(batch: readonly PendingName[], before: number): void {
    for (const { kind, name } of batch) {
      const id = idOf(kind, name);
      if ((this.#names.get(id)?.serial ?? Infinity) <= before) this.#names.delete(id);
    }
  }
}

function idOf(kind: PendingName['kind'], name: string): string {
  return `${kind} ${name}`;
}

function namesOf(pending: readonly PendingName[]): InvalidatedNames {
  const of = (kind: PendingName['kind']) => pending.filter((each) => each.kind === kind).map(({ name }) => name);
  return { keys: of('key'), tags: of('tag') };
}
