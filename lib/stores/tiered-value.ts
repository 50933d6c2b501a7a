import type { EarlyTerms } from '../entry/early.js';
import type { Entry } from '../entry/entry.js';
import type { SealedValue } from './store.js';

/** A value as each tier keeps it. */
export interface Forms {
  readonly local: SealedValue;
  readonly shared: SealedValue;
}

export class TieredValue implements SealedValue {
  readonly kept: Forms;

  constructor(kept: Forms) {
    this.kept = kept;
  }

  copy(): unknown {
    return this.kept.local.copy();
  }
}

/** An entry of `l2`, whose value is as `l1` gives it to callers. */
export class PromotedEntry implements Entry {
  readonly value: unknown;
  readonly staleAt: number;
  readonly expiresAt: number;
  readonly lastResortUntil: number | undefined;
  readonly early: EarlyTerms | undefined;
  readonly tags: readonly string[] | undefined;
  readonly #sealed: SealedValue;

  constructor(sealed: SealedValue, { staleAt, expiresAt, lastResortUntil, early, tags }: Entry) {
    this.value = sealed.copy();
    this.staleAt = staleAt;
    this.expiresAt = expiresAt;
    this.lastResortUntil = lastResortUntil;
    this.early = early;
    this.tags = tags;
    this.#sealed = sealed;
  }

  copy(): unknown {
    return this.#sealed.copy();
  }
}
