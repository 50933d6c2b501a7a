import { el } from '../dom.js';
import { formatRate, formatRoundShare, formatShare } from '../format.js';
import type { Rates } from '../history.js';
import { Chart } from './chart.js';

const clock = new Intl.DateTimeFormat('en', {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
});

const time = { kind: 'time', format: (seconds: number) => clock.format(seconds * 1_000) } as const;
const EMPTY = 'Watching: the first figures come with the next poll.';

/** What has happened since the page was opened, poll by poll. */
export class TrafficCharts {
  readonly #rates = new Chart({
    title: 'Calls and loads',
    axis: 'Until',
    empty: EMPTY,
    x: time,
    formatY: formatRate,
    series: [
      { label: 'Calls', color: 'calls', format: formatRate },
      { label: 'Loads', color: 'loads', format: formatRate },
    ],
  });
  readonly #hitRatio = new Chart({
    title: 'Hit ratio',
    axis: 'Until',
    empty: EMPTY,
    x: time,
    most: 1,
    formatY: formatRoundShare,
    series: [{ label: 'Hit ratio', color: 'hits', format: formatShare }],
  });
  readonly elements = [this.#rates.element, this.#hitRatio.element];

  show({ times, calls, loads, hitRatio }: Rates): void {
    const last = (values: readonly (number | null)[]) => values.at(-1) ?? 0;
    const rates = `In the last seconds ${formatRate(last(calls))} calls and ${formatRate(last(loads))} loads.`;
    this.#rates.show([times, calls, loads], rates);
    const ratio = hitRatio.at(-1);
    const said =
      typeof ratio === 'number'
        ? `${formatShare(ratio)} of the last calls did not wait.`
        : 'No calls in the last seconds.';
    this.#hitRatio.show([times, hitRatio], said);
  }
}

/** Charts side by side, where there is room. */
export function chartGrid(...charts: readonly HTMLElement[]): HTMLElement {
  return el('div', { class: 'charts' }, ...charts);
}
