import type { FillerStats } from '../../statistics/pattern-stats.js';
import { ttlRange } from './charts/ttl-chart.js';
import { el } from './dom.js';
import { formatCount, formatDuration, NONE } from './format.js';

const HEADS = ['Stored by', 'Fills', 'ttl', 'staleWhileRevalidate', 'Tags'];

/** Who stores values of a pattern, and for how long. */
export class Fillers {
  readonly #body = el('tbody');
  readonly element = el(
    'div',
    { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Who stores values' },
    el(
      'table',
      { class: 'fillers' },
      el('caption', { class: 'unseen' }, 'Who stores values'),
      el('thead', {}, el('tr', {}, ...HEADS.map((text) => el('th', { scope: 'col' }, text)))),
      this.#body,
    ),
  );

  show(fillers: readonly FillerStats[]): void {
    this.element.hidden = fillers.length === 0;
    const rows = fillers.map(rowOf);
    const isSame =
      rows.length === this.#body.children.length &&
      rows.every((row, index) => row.isEqualNode(this.#body.children[index] ?? null));
    if (!isSame) this.#body.replaceChildren(...rows);
  }
}

function rowOf({ by, fills, shortestTtl, longestTtl, staleWhileRevalidate, tagged }: FillerStats): HTMLElement {
  const stale = staleWhileRevalidate === 0 ? NONE : formatDuration(staleWhileRevalidate);
  const cells = [formatCount(fills), ttlRange(shortestTtl, longestTtl), stale, tagged ? 'yes' : NONE];
  return el('tr', {}, el('th', { scope: 'row' }, el('code', {}, by)), ...cells.map((text) => el('td', {}, text)));
}
