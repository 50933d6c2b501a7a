import { copyTree, isTree } from '../values/tree.js';
import { approximateBytes } from './approximate-bytes.js';
import { deepClone } from './clone.js';
import type { SealedValue } from './store.js';

/** One object for all callers: frozen, or by the user's choice not. */
export class SharedValue implements SealedValue {
  readonly kept: unknown;

  constructor(value: unknown) {
    this.kept = value;
  }

  copy(): unknown {
    return this.kept;
  }

  get bytes(): number {
    return approximateBytes(this.kept);
  }
}

/** A snapshot that no caller ever sees; each gets a copy of it. */
export class ClonedValue implements SealedValue {
  readonly kept: unknown;
  /** What makes copies of it. */
  readonly clone: (kept: unknown) => unknown;

  constructor(value: unknown) {
    this.kept = deepClone(value);
    this.clone = isTree(this.kept) ? copyTree : deepClone;
  }

  copy(): unknown {
    return this.clone(this.kept);
  }

  get bytes(): number {
    return approximateBytes(this.kept);
  }
}
