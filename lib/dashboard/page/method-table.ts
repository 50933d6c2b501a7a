import type { PatternRow } from '../overview.js';
import { card } from './card.js';
import { arrange, el, newId, setText } from './dom.js';
import { formatExactly } from './format.js';
import { Kept } from './kept.js';
import { METHOD_COLUMNS, type MethodColumn } from './method-columns.js';
import { MethodRow } from './method-row.js';

/** Rows of a page: a thousand patterns are as quick as ten. */
const PAGE_SIZE = 12;

type Direction = 'ascending' | 'descending';

/** The patterns, which can be sorted, filtered and selected. */
export class MethodTable {
  readonly element: HTMLElement;
  readonly #filter = el('input', {
    type: 'search',
    id: newId('filter'),
    placeholder: 'Filter',
    autocomplete: 'off',
    spellcheck: 'false',
  });
  readonly #heads = METHOD_COLUMNS.map((column) => this.#head(column));
  readonly #body = el('tbody');
  readonly #range = el('p', { class: 'range', role: 'status' });
  readonly #back = el('button', { type: 'button' }, 'Previous');
  readonly #on = el('button', { type: 'button' }, 'Next');
  readonly #kept: Kept<PatternRow, MethodRow>;
  #sortedBy: MethodColumn | undefined = METHOD_COLUMNS[1];
  #direction: Direction = 'descending';
  #page = 0;
  #rows: readonly PatternRow[] = [];
  #selected: string | undefined;

  constructor(select: (pattern: string) => void) {
    this.#kept = new Kept(({ pattern }) => new MethodRow(pattern, select));
    const head = el('thead', {}, el('tr', {}, ...this.#heads.map(({ cell }) => cell)));
    const table = el(
      'table',
      { class: 'methods' },
      el('caption', { class: 'unseen' }, 'Methods, by the pattern of their keys'),
      head,
      this.#body,
    );
    const label = el('label', { class: 'unseen', for: this.#filter.id }, 'Filter by pattern');
    const pages = el('nav', { class: 'pages', 'aria-label': 'Pages of the table' }, this.#range, this.#back, this.#on);
    const scroll = el(
      'div',
      { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Table of methods' },
      table,
    );
    this.element = card('methods-card', 'Methods', label, this.#filter, scroll, pages);
    this.#filter.addEventListener('input', () => {
      this.#go(0);
    });
    this.#back.addEventListener('click', () => {
      this.#go(this.#page - 1);
    });
    this.#on.addEventListener('click', () => {
      this.#go(this.#page + 1);
    });
  }

  show(rows: readonly PatternRow[], selected: string | undefined): void {
    this.#rows = rows;
    this.#selected = selected;
    this.#draw();
  }

  #go(page: number): void {
    this.#page = page;
    this.#draw();
  }

  #draw(): void {
    const found = this.#found();
    const pages = Math.max(1, Math.ceil(found.length / PAGE_SIZE));
    this.#page = Math.min(this.#page, pages - 1);
    const first = this.#page * PAGE_SIZE;
    const shown = found.slice(first, first + PAGE_SIZE);
    const kept = this.#kept.of(new Map(shown.map((row) => [row.pattern, row])));
    for (const [part, row] of kept) part.show(row, row.pattern === this.#selected);
    arrange(
      this.#body,
      kept.map(([{ element }]) => element),
    );
    setText(this.#range, this.#rangeText(first, shown.length, found.length));
    this.#back.disabled = this.#page === 0;
    this.#on.disabled = this.#page >= pages - 1;
    this.#back.hidden = this.#on.hidden = pages === 1;
    for (const { column, cell } of this.#heads) {
      if (column === this.#sortedBy) cell.setAttribute('aria-sort', this.#direction);
      else cell.removeAttribute('aria-sort');
    }
  }

  #rangeText(first: number, shown: number, found: number): string {
    if (this.#rows.length === 0) return 'No cached method was called yet.';
    if (found === 0) return 'No pattern has this in it.';
    return `${formatExactly(first + 1)}–${formatExactly(first + shown)} of ${formatExactly(found)}`;
  }

  #found(): PatternRow[] {
    const wanted = this.#filter.value.trim().toLowerCase();
    const found = this.#rows.filter(({ pattern }) => pattern.toLowerCase().includes(wanted));
    const column = this.#sortedBy;
    return column === undefined ? found : found.sort((one, other) => compare(column, this.#direction, one, other));
  }

  #head(column: MethodColumn): { readonly column: MethodColumn; readonly cell: HTMLElement } {
    const { title, hint } = column;
    const button = el('button', { type: 'button', ...(hint === undefined ? {} : { title: hint }) }, title);
    button.addEventListener('click', () => {
      this.#sortBy(column);
    });
    return { column, cell: el('th', { scope: 'col' }, button) };
  }

  /** Numbers begin with the largest, names with A; once more turns them round. */
  #sortBy(column: MethodColumn): void {
    const first: Direction = column === METHOD_COLUMNS[0] ? 'ascending' : 'descending';
    const turned = this.#direction === 'ascending' ? 'descending' : 'ascending';
    this.#direction = column === this.#sortedBy ? turned : first;
    this.#sortedBy = column;
    this.#go(0);
  }
}

/** Rows without a value are last in either direction. */
function compare({ value }: MethodColumn, direction: Direction, one: PatternRow, other: PatternRow): number {
  const [first, second] = [value(one), value(other)];
  if (first === undefined || second === undefined) return Number(first === undefined) - Number(second === undefined);
  const ascending = typeof first === 'string' ? first.localeCompare(String(second)) : first - Number(second);
  return direction === 'ascending' ? ascending : -ascending;
}
