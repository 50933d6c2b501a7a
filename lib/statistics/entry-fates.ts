import { weightOf } from './key-sample.js';
import type { Tally } from './tally.js';

/** How an entry is kept: instants of the clock of this process. */
export interface KeptFor {
  readonly freshUntil: number;
  /** Until when it answers calls, stale in the end. */
  readonly staleUntil: number;
  /** The same, where a load fails. */
  readonly usableUntil: number;
}

/** An entry that has come to its end, as far as anybody knows, or that nobody has read yet, or somebody has. */
const ENDED = 0;
const UNREAD = 1;
const READ = 2;

/** What becomes of the entries of the keys in some slots: does anybody read them before they end? */
export class EntryFates {
  readonly #states: Uint8Array;
  /** 0 where there was none yet, or the last one was invalidated. */
  readonly #freshUntil: Float64Array;
  readonly #staleUntil: Float64Array;
  readonly #usableUntil: Float64Array;
  /** When it was stored, or a call has found it last. */
  readonly #foundAt: Float64Array;

  constructor(capacity: number) {
    this.#states = new Uint8Array(capacity);
    this.#freshUntil = new Float64Array(capacity);
    this.#staleUntil = new Float64Array(capacity);
    this.#usableUntil = new Float64Array(capacity);
    this.#foundAt = new Float64Array(capacity);
  }

  /** Another key has come into the slot. */
  forget(slot: number): void {
    this.#states[slot] = ENDED;
    this.#freshUntil[slot] = 0;
  }

  freshUntil(slot: number): number {
    return this.#freshUntil[slot] ?? 0;
  }

  usableUntil(slot: number): number {
    return this.#usableUntil[slot] ?? 0;
  }

  filled(slot: number, tally: Tally, at: number, { freshUntil, staleUntil, usableUntil }: KeptFor): void {
    this.end(slot, tally);
    this.#states[slot] = UNREAD;
    this.#freshUntil[slot] = freshUntil;
    this.#staleUntil[slot] = staleUntil;
    this.#usableUntil[slot] = usableUntil;
    this.#foundAt[slot] = at;
  }

  /** A call has found it. */
  found(slot: number, at: number): void {
    this.#foundAt[slot] = at;
    this.read(slot);
  }

  foundAt(slot: number): number {
    return this.#foundAt[slot] ?? 0;
  }

  /** Somebody has. */
  read(slot: number): void {
    if (this.#states[slot] === UNREAD) this.#states[slot] = READ;
  }

  end(slot: number, tally: Tally): void {
    const state = this.#states[slot];
    if (state === ENDED) return;
    const weight = weightOf(tally);
    tally.ended += weight;
    if (state === UNREAD) tally.unread += weight;
    this.#states[slot] = ENDED;
  }

  invalidated(slot: number, tally: Tally): void {
    this.end(slot, tally);
    this.#freshUntil[slot] = 0;
  }

  /** Its time is over, whether or not anybody has asked for it since. */
  endExpired(slot: number, tally: Tally, at: number): void {
    if (at >= this.usableUntil(slot)) this.end(slot, tally);
  }

  /** Would a call still find it, as far as anybody knows? */
  isToBeFound(slot: number, at: number): boolean {
    return this.#states[slot] !== ENDED && at < (this.#staleUntil[slot] ?? 0);
  }

  /** Has the last one come to the end of its ttl, without an invalidation? */
  hasRunOut(slot: number, at: number): boolean {
    const freshUntil = this.freshUntil(slot);
    return freshUntil !== 0 && at >= freshUntil;
  }
}
