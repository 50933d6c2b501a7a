import type { EarlyTerms } from '../entry/early.js';
import type { Entry } from '../entry/entry.js';

/** An entry for one more caller, whose value is their own. */
export class CopiedEntry implements Entry {
  readonly staleAt: number;
  readonly expiresAt: number;
  readonly lastResortUntil: number | undefined;
  readonly early: EarlyTerms | undefined;
  readonly tags: readonly string[] | undefined;
  readonly value: unknown;
  readonly #source: Pick<Entry, 'copy'>;

  /** `source`: whose copies its values are. */
  constructor(entry: Entry, source: Pick<Entry, 'copy'> = entry) {
    this.staleAt = entry.staleAt;
    this.expiresAt = entry.expiresAt;
    this.lastResortUntil = entry.lastResortUntil;
    this.early = entry.early;
    this.tags = entry.tags;
    this.value = source.copy();
    this.#source = source;
  }

  copy(): unknown {
    return this.#source.copy();
  }
}
