import type { Overview } from '../overview.js';
import { el, setText } from './dom.js';
import { formatCount, formatDuration, formatRate, formatShare, NONE } from './format.js';
import type { Rates } from './history.js';
import { hitRatioOf } from './method-columns.js';

/** A figure in large, and what it is made of in small. */
interface Tile {
  readonly large: string;
  readonly small: string;
}

const NAMES = ['Calls', 'Hit ratio', 'Loads', 'Time saved'] as const;
type Name = (typeof NAMES)[number];

/** The figures of the whole cache. */
export class Totals {
  readonly #tiles = new Map(
    NAMES.map((name) => [name, { large: el('dd', { class: 'large' }), small: el('dd', { class: 'small' }) }]),
  );
  readonly element = el(
    'dl',
    { class: 'totals' },
    ...[...this.#tiles].map(([name, { large, small }]) =>
      el('div', { class: 'card' }, el('dt', {}, name), large, small),
    ),
  );

  show(overview: Overview, rates: Rates): void {
    const tiles = tilesOf(overview, rates);
    for (const [name, { large, small }] of this.#tiles) {
      setText(large, tiles[name].large);
      setText(small, tiles[name].small);
    }
  }
}

function tilesOf({ rows, countedFor }: Overview, rates: Rates): Readonly<Record<Name, Tile>> {
  const sumOf = (name: 'calls' | 'misses' | 'loads' | 'timeSaved' | 'staleHits') =>
    rows.reduce((sum, row) => sum + row[name], 0);
  const [calls, misses, loads, saved] = [sumOf('calls'), sumOf('misses'), sumOf('loads'), sumOf('timeSaved')];
  const ratio = hitRatioOf({ calls, misses });
  const [callRate, loadRate, lately] = [rates.calls.at(-1), rates.loads.at(-1), rates.hitRatio.at(-1)];
  const rate = (value: number | undefined) => (value === undefined ? NONE : formatRate(value));
  return {
    Calls: { large: rate(callRate), small: `${formatCount(calls)} in all` },
    'Hit ratio': {
      large: ratio === undefined ? NONE : formatShare(ratio),
      small: typeof lately === 'number' ? `${formatShare(lately)} lately` : `${formatCount(misses)} misses`,
    },
    Loads: { large: rate(loadRate), small: `${formatCount(loads)} in all` },
    'Time saved': {
      large: formatDuration(saved),
      small: `${formatDuration((saved / Math.max(1, countedFor)) * 1_000)} each second`,
    },
  };
}
