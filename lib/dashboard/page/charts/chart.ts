import { el, newId, setText } from '../dom.js';
import { Plot, type PlotData, type PlotMark, type PlotOptions } from './plot.js';

export interface ChartOptions extends Omit<PlotOptions, 'pointed'> {
  readonly title: string;
  /** What the axis at the bottom is about, for the table. */
  readonly axis: string;
  /** What is said in the place of a chart without data. */
  readonly empty: string;
}

/** Rows of the table, at most: the last ones are shown. */
const MOST_ROWS = 40;

/** A chart with its legend, and for whoever does not see it a sentence and a table that say the same. */
export class Chart {
  readonly element: HTMLElement;
  readonly #options: ChartOptions;
  readonly #plot: Plot;
  readonly #place = el('div', { class: 'plot', 'aria-hidden': 'true' });
  readonly #readout = el('span', { class: 'readout', 'aria-hidden': 'true' });
  readonly #summary = el('p', { class: 'summary' });
  readonly #table = el('div', { class: 'scroll', tabindex: '0', role: 'region' });
  readonly #details = el('details', {}, el('summary', {}, 'Data'), this.#table);
  #data: PlotData = [[]];

  constructor(options: ChartOptions) {
    this.#options = options;
    const id = newId('chart');
    const caption = el(
      'figcaption',
      { id },
      el('h3', {}, options.title),
      this.#readout,
      legendOf(options),
      this.#summary,
    );
    this.#table.setAttribute('aria-label', `Data: ${options.title}`);
    this.element = el('figure', { class: 'chart', 'aria-labelledby': id }, caption, this.#place, this.#details);
    this.#plot = new Plot(this.#place, {
      ...options,
      pointed: (index) => {
        setText(this.#readout, index === undefined ? '' : this.#textAt(index));
      },
    });
    this.#details.addEventListener('toggle', () => {
      this.#fillTable();
    });
  }

  /** @param summary says in a sentence what is to be seen */
  show(data: PlotData, summary: string, marks: readonly PlotMark[] = []): void {
    this.#data = data;
    const empty = data[0].length === 0;
    this.element.classList.toggle('empty', empty);
    setText(this.#summary, empty ? this.#options.empty : summary);
    this.#place.hidden = this.#details.hidden = empty;
    if (!empty) this.#plot.show(data, marks);
    this.#fillTable();
  }

  #textAt(index: number): string {
    const values = this.#options.series.map(({ label, format }, at) => {
      const value = this.#data[at + 1]?.[index];
      return typeof value === 'number' ? `${label} ${format(value)}` : '';
    });
    return [this.#options.x.format(this.#data[0][index] ?? 0), ...values].filter((text) => text !== '').join(' · ');
  }

  /** Nobody reads it while it is closed. */
  #fillTable(): void {
    if (!this.#details.open) return;
    const { series, x, axis } = this.#options;
    const heads = [axis, ...series.map(({ label }) => label)].map((text) => el('th', { scope: 'col' }, text));
    const [xs, ...columns] = this.#data;
    const rows = xs.map((value, index) => {
      const cells = series.map(({ format }, at) => {
        const cell = columns[at]?.[index];
        return el('td', {}, typeof cell === 'number' ? format(cell) : '–');
      });
      return el('tr', {}, el('th', { scope: 'row' }, x.format(value)), ...cells);
    });
    const table = el('table', {}, el('thead', {}, el('tr', {}, ...heads)), el('tbody', {}, ...rows.slice(-MOST_ROWS)));
    if (this.#table.textContent !== table.textContent) this.#table.replaceChildren(table);
  }
}

/** One line alone is what the title says. */
function legendOf({ series }: ChartOptions): HTMLElement {
  const items = series.map(({ label, color }) => el('li', { class: `key key-${color}` }, label));
  return el('ul', { class: 'legend' }, ...(series.length > 1 ? items : []));
}
