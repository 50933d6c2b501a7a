import type { PatternRow } from '../overview.js';
import { formatBytes, formatCount, formatDuration, formatShare, NONE } from './format.js';

/** A column of the table of methods. */
export interface MethodColumn {
  readonly title: string;
  /** What the title means, where it does not say so itself. */
  readonly hint?: string;
  /** What rows are ordered by; `undefined` comes last. */
  readonly value: (row: PatternRow) => number | string | undefined;
  readonly text: (row: PatternRow) => string;
  /** A share, to be drawn as a bar too. */
  readonly bar?: (row: PatternRow) => number;
}

export function hitRatioOf({ calls, misses }: Pick<PatternRow, 'calls' | 'misses'>): number | undefined {
  return calls === 0 ? undefined : (calls - misses) / calls;
}

const shown = (value: number | undefined, format: (value: number) => string) =>
  value === undefined ? NONE : format(value);

/** The first one names the row. */
export const METHOD_COLUMNS: readonly MethodColumn[] = [
  { title: 'Pattern', value: ({ pattern }) => pattern, text: ({ pattern }) => pattern },
  { title: 'Calls', value: ({ calls }) => calls, text: ({ calls }) => formatCount(calls) },
  {
    title: 'Hit ratio',
    hint: 'The share of calls that did not wait for a load',
    value: hitRatioOf,
    text: (row) => shown(hitRatioOf(row), formatShare),
    bar: (row) => hitRatioOf(row) ?? 0,
  },
  {
    title: 'Stale',
    hint: 'Calls that were given a stale value while it was refreshed',
    value: ({ staleHits }) => staleHits,
    text: ({ staleHits }) => formatCount(staleHits),
  },
  { title: 'Loads', value: ({ loads }) => loads, text: ({ loads }) => formatCount(loads) },
  {
    title: 'p99 load',
    hint: 'How long 99 % of the loads took at most',
    value: ({ p99 }) => p99,
    text: ({ p99 }) => shown(p99, formatDuration),
  },
  {
    title: 'Time saved',
    hint: 'Hits, times how long a load takes on average',
    value: ({ timeSaved }) => timeSaved,
    text: ({ timeSaved }) => formatDuration(timeSaved),
  },
  {
    title: 'Keys',
    hint: 'How many different keys were called, within 7 %',
    value: ({ keys }) => keys,
    text: ({ keys }) => formatCount(keys),
  },
  {
    title: 'Entry size',
    hint: 'On average, as the store counts it',
    value: ({ bytes }) => bytes,
    text: ({ bytes }) => shown(bytes, formatBytes),
  },
];
