import type { Contender, Question, Variant } from '../scenario.js';

/** What does an entry in memory take? Each answer is that of a new process, which does nothing else. */
export interface EntryBytesScenario extends Question {
  readonly kind: 'entry-bytes';
  readonly variants: readonly [Variant];
  /** The first is the floor. */
  readonly contenders: readonly Contender[];
  readonly entries: number;
  /** Of each contender. */
  readonly processes: number;
}
