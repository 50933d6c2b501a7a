import type { Contender, Question, Variant } from '../scenario.js';
import type { Setting } from './setting.js';

/** What does a call cost? Answered by many short rounds of calls in which contenders take turns. */
export interface RoundsScenario extends Question {
  readonly kind: 'rounds';
  /** Of all variants. */
  readonly setting: Partial<Setting>;
  readonly variants: readonly RoundsVariant[];
  /** The first that can take part is the floor. */
  readonly contenders: readonly RoundsContender[];
  /** How often each contender is started anew: how well a process runs depends on where its memory and machine code come to lie. */
  readonly processes: number;
  /** Of each process. */
  readonly rounds: number;
}

export interface RoundsVariant extends Variant {
  /** In which it differs from those of the scenario. */
  readonly setting?: Partial<Setting>;
}

export interface RoundsContender extends Contender {
  /** In which it differs from all others. */
  readonly setting?: Partial<Setting>;
}
