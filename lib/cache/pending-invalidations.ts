import { sleep } from '../time/timers.js';

/** What is still to be done: `'all'` once there were too many keys to remember each. */
export type PendingKeys = readonly string[] | 'all';

const MAX_KEYS = 10_000;
const LARGEST_BATCH = 500;
const FIRST_PAUSE = 100;
const LONGEST_PAUSE = 5_000;

export interface PendingInvalidationsOptions {
  /** Applies invalidations to the store; rejects when it could not. */
  readonly apply: (keys: PendingKeys) => Promise<void>;
  /** Told whenever there may be some now where there was none, or none where there was some. */
  readonly changed: () => void;
  /** Told when queued invalidations were applied. */
  readonly replayed: (keys: PendingKeys) => void;
}

/**
 * Invalidations that could not be applied. While a key is here, this process neither reads nor fills it in the store, so
 * the old value cannot come back by its hand; meanwhile the invalidation is tried again, at growing intervals, until it
 * is applied. Bounded: beyond 10,000 keys all of them become "clear everything".
 */
export class PendingInvalidations {
  /** Each key with the number of its latest failure: a replay settles only what failed before the replay began. */
  readonly #keys = new Map<string, number>();
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
    return this.#all === undefined ? this.#keys.size : Infinity;
  }

  covers(key: string): boolean {
    return this.#all !== undefined || (this.#keys.size > 0 && this.#keys.has(key));
  }

  add(keys: PendingKeys): void {
    this.#serial += 1;
    if (keys === 'all') this.#all = this.#serial;
    else if (this.#all !== undefined) this.#all = this.#serial;
    else for (const key of keys) this.#keys.set(key, this.#serial);
    if (this.#keys.size > MAX_KEYS) this.#all = this.#serial;
    if (this.#all !== undefined) this.#keys.clear();
    this.#options.changed();
    if (!this.#replaying) void this.#replayAll();
  }

  /** Tries at once, until one try fails; resolves to what is left, which is tried on for as long as the process lives. */
  async flush(): Promise<PendingKeys> {
    while (this.size > 0 && (await this.#replayOnce()));
    return this.#all === undefined ? [...this.#keys.keys()] : 'all';
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
    const keys = this.#all === undefined ? [...this.#keys.keys()].slice(0, this.#batch) : 'all';
    try {
      await this.#options.apply(keys);
    } catch {
      this.#postpone(keys);
      return false;
    }
    this.#batch = Math.min(this.#batch * 2, LARGEST_BATCH);
    this.#settle(keys, before);
    this.#options.changed();
    this.#options.replayed(keys);
    return true;
  }

  /** Others first, next time. */
  #postpone(keys: PendingKeys): void {
    if (keys === 'all') return;
    this.#batch = Math.max(1, Math.floor(keys.length / 2));
    for (const key of keys) {
      const serial = this.#keys.get(key);
      if (serial !== undefined && this.#keys.delete(key)) this.#keys.set(key, serial);
    }
  }

  #settle(keys: PendingKeys, before: number): void {
    if (keys === 'all') {
      if (this.#all !== undefined && this.#all <= before) this.#all = undefined;
      return;
    }
    for (const key of keys) {
      if ((this.#keys.get(key) ?? Infinity) <= before) this.#keys.delete(key);
    }
  }
}
