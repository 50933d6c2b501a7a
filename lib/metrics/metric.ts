import type { Reading } from './reading.js';

/** A counter only grows while the process lives; a gauge says how things are now. */
export type MetricKind = 'counter' | 'gauge';

/** As UCUM has them: seconds, bytes, and in braces what is counted; `1` is a truth (1 or 0). */
export type MetricUnit =
  's' | 'By' | '1' | '{call}' | '{load}' | '{value}' | '{invalidation}' | '{event}' | '{entry}' | '{key}' | '{finding}';

export type Labels = Readonly<Record<string, string>>;

/** One figure, with what tells it from the others of its metric. */
export interface Sample {
  readonly labels: Labels;
  readonly value: number;
}

/** One kind of figure about caches. Whoever exports it names it, and adds the label of the cache. */
export interface Metric {
  /** In words and dots: `memory.entries`. */
  readonly name: string;
  readonly kind: MetricKind;
  readonly unit: MetricUnit;
  /** What it says, in a sentence without its full stop. */
  readonly help: string;
  /** The names of all labels that a sample has. */
  readonly labels: readonly string[];
  /** Nothing where the cache has no such thing. */
  readonly read: (reading: Reading) => readonly Sample[];
}
