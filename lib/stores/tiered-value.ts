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

  get bytes(): number | undefined {
    return this.kept.shared.bytes;
  }
}
