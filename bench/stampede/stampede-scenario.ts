import type { Medium } from '../libraries/library.js';
import type { Contender, Question, Variant } from '../scenario.js';

/** What happens when many callers in many processes ask for one entry at one instant? */
export interface StampedeScenario extends Question {
  readonly kind: 'stampede';
  readonly variants: readonly StampedeVariant[];
  readonly contenders: readonly Contender[];
  /** Of each variant. */
  readonly repetitions: number;
}

export interface StampedeVariant extends Variant {
  readonly medium: Medium;
  readonly processes: number;
  /** In each process. */
  readonly callers: number;
  /** `'cold'`: nobody has asked before. `'stale'`: the entry has expired, and may be served while it is refreshed. */
  readonly entry: 'cold' | 'stale';
}
