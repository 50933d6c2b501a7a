import type { Medium } from '../libraries/library.js';
import type { Contender, Question, Variant } from '../scenario.js';

/** What does a cache do for a service over HTTP, with a database, at a fixed rate of requests? */
export interface HttpScenario extends Question {
  readonly kind: 'http';
  readonly variants: readonly HttpVariant[];
  readonly contenders: readonly HttpContender[];
  readonly milliseconds: number;
  /** New servers of each contender. */
  readonly repetitions: number;
}

export interface HttpVariant extends Variant {
  readonly perSecond: number;
}

export interface HttpContender extends Contender {
  readonly medium: Medium;
}
