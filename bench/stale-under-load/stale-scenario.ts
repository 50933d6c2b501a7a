import type { Medium } from '../libraries/library.js';
import type { Contender, Question, Variant } from '../scenario.js';

/** What do callers notice of entries that expire, while calls come in at a fixed rate? */
export interface StaleScenario extends Question {
  readonly kind: 'stale-under-load';
  readonly variants: readonly StaleVariant[];
  readonly contenders: readonly StaleContender[];
  readonly perSecond: number;
  readonly milliseconds: number;
  /** New processes of each contender. */
  readonly repetitions: number;
}

export interface StaleVariant extends Variant {
  readonly medium: Medium;
}

export interface StaleContender extends Contender {
  /** Are callers served what has expired, while it is refreshed? */
  readonly servesStale: boolean;
}
