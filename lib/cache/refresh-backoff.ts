import { now } from '../time/clock.js';

const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 60_000;
/** After another process was found refreshing: long enough not to ask at every stale hit. */
const HELD_PAUSE = 100;
/** Keys remembered; forgetting one merely lets its refresh be tried early. */
const MAX_KEYS = 10_000;

interface Pause {
  readonly failures: number;
  readonly until: number;
}

/**
 * When a key may be refreshed again: after a failure the pause doubles from 1 s up to 60 s, each shortened by a random
 * part of up to half, so that processes and keys do not retry in step.
 */
export class RefreshBackoff {
  /** In the order in which they were noted last. */
  readonly #pauses = new Map<string, Pause>();

  pauses(key: string): boolean {
    const pause = this.#pauses.get(key);
    return pause !== undefined && now() < pause.until;
  }

  /** For how long not, in milliseconds. */
  pauseOf(key: string): number {
    const pause = this.#pauses.get(key);
    return pause === undefined ? 0 : Math.max(0, pause.until - now());
  }

  failed(key: string): void {
    const failures = (this.#pauses.get(key)?.failures ?? 0) + 1;
    const pause = Math.min(FIRST_PAUSE * 2 ** (failures - 1), LONGEST_PAUSE);
    this.#note(key, { failures, until: now() + pause * (1 - Math.random() / 2) });
  }

  heldElsewhere(key: string): void {
    const failures = this.#pauses.get(key)?.failures ?? 0;
    this.#note(key, { failures, until: now() + HELD_PAUSE });
  }

  succeeded(key: string): void {
    this.#pauses.delete(key);
  }

  #note(key: string, pause: Pause): void {
    this.#pauses.delete(key);
    this.#pauses.set(key, pause);
    if (this.#pauses.size <= MAX_KEYS) return;
    const [earliest] = this.#pauses.keys();
    if (earliest !== undefined) this.#pauses.delete(earliest);
  }
}
