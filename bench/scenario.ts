import type { Column, Measure } from './measures.js';

/** What every scenario has: a question that is put to all contenders alike, and how the answer is shown. */
export interface Question {
  readonly name: string;
  readonly question: string;
  /** A table for each. */
  readonly variants: readonly Variant[];
  readonly columns: readonly Column[];
}

export interface Variant {
  readonly name: string;
  /** Default: none. */
  readonly targets?: readonly Target[];
}

/** What is aimed at. */
export interface Target {
  readonly measure: Measure;
  readonly bound: 'at least' | 'at most';
  readonly value: number;
  /** Whose target it is. */
  readonly contender: string;
}

/** Who takes part: a module that exports a `library`. */
export interface Contender {
  /** As it stands in tables. */
  readonly name: string;
  readonly file: string;
  /** Somebody else's library. */
  readonly isRival: boolean;
}

export function isMet({ bound, value }: Target, measured: number): boolean {
  return bound === 'at least' ? measured >= value : measured <= value;
}

export function atMost(measure: Measure, value: number, contender = 'freshkeep'): Target {
  return { measure, bound: 'at most', value, contender };
}

export function atLeast(measure: Measure, value: number, contender = 'freshkeep'): Target {
  return { measure, bound: 'at least', value, contender };
}
