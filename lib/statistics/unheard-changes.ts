import type { EntryFates } from './entry-fates.js';
import type { KnownValues } from './known-values.js';
import type { Tally } from './tally.js';

/** The part of a ttl by which a load may begin after its end, where others may have loaded in between. */
const LATE = 0.1;
/** The part of a ttl for which nobody need have found the entry before its end. */
const UNSEEN = 0.1;
/** A fill takes some time to be applied, and the entry is fresh for so much longer; in milliseconds. */
const APPLIED_WITHIN = 100;

/** From this probability on an entry counts as one that may have been invalidated since it was found last. */
const LIKELY = 0.01;

/** What other processes may have done to entries in a store that they share, and that says nothing of it to this one. */
export class UnheardChanges {
  readonly #entries: EntryFates;
  readonly #values: KnownValues;

  constructor(entries: EntryFates, values: KnownValues) {
    this.#entries = entries;
    this.#values = values;
  }

  /** The entry is gone before its time: another process has invalidated it. */
  vanished(slot: number, tally: Tally): void {
    tally.vanished += 1;
    tally.seenFor += this.#seenFor(slot);
  }

  /** Has another process filled the entry that is fresh at the instant `at`? That of this one would not be. */
  haveFilled(slot: number, at: number): boolean {
    return at > this.#entries.freshUntil(slot) + APPLIED_WITHIN;
  }

  /** Since the last load here, may another process have loaded, or invalidated, before the load that begins at the instant `at`? */
  mayHaveChanged(slot: number, tally: Tally, at: number): boolean {
    tally.seenFor += this.#seenFor(slot);
    const loadedAt = this.#values.loadedAt(slot);
    const freshUntil = this.#entries.freshUntil(slot);
    const ttl = freshUntil - loadedAt;
    // Later than that it may be what another process has filled since that has come to the end of its ttl.
    if (at - loadedAt > ttl * (1 + LATE) + APPLIED_WITHIN) return true;
    // It may have been invalidated since it was found last: where that was long before its end, nobody knows.
    const foundAt = this.#entries.foundAt(slot);
    if (foundAt < freshUntil - ttl * UNSEEN) return true;
    // Otherwise it is as likely as others are seen to be.
    return (tally.vanished / Math.max(1, tally.seenFor)) * (at - foundAt) > LIKELY;
  }

  /** For how long the entry is known to have been there. */
  #seenFor(slot: number): number {
    const seenFor = this.#entries.foundAt(slot) - this.#values.loadedAt(slot);
    return seenFor > 0 ? seenFor : 0;
  }
}
