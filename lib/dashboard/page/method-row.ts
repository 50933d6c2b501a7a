import type { PatternRow } from '../overview.js';
import { el, setText } from './dom.js';
import { METHOD_COLUMNS } from './method-columns.js';

/** The row of one pattern; its elements stay while its figures change. */
export class MethodRow {
  readonly element: HTMLTableRowElement;
  readonly #button: HTMLButtonElement;
  readonly #cells = METHOD_COLUMNS.slice(1).map((column) => {
    const text = el('span');
    const bar = el('span', { class: 'bar', 'aria-hidden': 'true' });
    const cell = column.bar === undefined ? el('td', {}, text) : el('td', { class: 'with-bar' }, text, bar);
    return { column, cell, text, bar };
  });

  constructor(pattern: string, select: (pattern: string) => void) {
    this.#button = el('button', { type: 'button', title: pattern }, pattern);
    this.#button.addEventListener('click', () => {
      select(pattern);
    });
    this.element = el('tr', {}, el('th', { scope: 'row' }, this.#button), ...this.#cells.map(({ cell }) => cell));
  }

  show(row: PatternRow, selected: boolean): void {
    this.#button.setAttribute('aria-pressed', String(selected));
    this.element.classList.toggle('selected', selected);
    for (const { column, text, bar } of this.#cells) {
      setText(text, column.text(row));
      if (column.bar !== undefined) bar.style.setProperty('--share', String(column.bar(row)));
    }
  }
}
