import type { PatternStats } from '../statistics/pattern-stats.js';
import { OTHER_PATTERNS } from '../statistics/tallies.js';

/** Patterns that have one label: a pattern by itself, or all the rest. */
export interface LabelledPattern {
  readonly label: string;
  readonly stats: readonly PatternStats[];
}

/**
 * Which patterns have a label of their own. So many of them do, those with the most calls at the first readings; a pattern keeps the label that it was
 * given, and what was counted among the others stays there. So every sum that has been told only grows, as those who draw rates from it count on.
 */
export class PatternLabels {
  readonly #most: number;
  readonly #own = new Set<string>();

  constructor(most: number) {
    this.#most = most;
  }

  /** `patterns`: those with the most calls first. */
  of(patterns: readonly PatternStats[]): LabelledPattern[] {
    const others: PatternStats[] = [];
    const labelled: LabelledPattern[] = [];
    for (const stats of patterns) {
      if (this.#labels(stats.pattern)) labelled.push({ label: stats.pattern, stats: [stats] });
      else others.push(stats);
    }
    return others.length === 0 ? labelled : [...labelled, { label: OTHER_PATTERNS, stats: others }];
  }

  /** No label becomes free again: once there is a pattern without one, none of the others gets one later. */
  #labels(pattern: string): boolean {
    if (pattern === OTHER_PATTERNS) return false;
    if (this.#own.size < this.#most) this.#own.add(pattern);
    return this.#own.has(pattern);
  }
}
