import type { MemoryStats } from '../../../cache/cache-stats.js';
import { formatCount, formatExactly, formatRoundShare, formatShare } from '../format.js';
import { Chart } from './chart.js';

/** What other values of `maxEntries` would have given, and where today's is. */
export class EntriesChart {
  readonly #chart = new Chart({
    title: 'What another maxEntries would have given',
    axis: 'maxEntries',
    empty: 'Nobody knows what another maxEntries would have given: there was no hit yet, or maxBytes bounds the store.',
    x: { kind: 'logarithmic', format: formatCount },
    most: 1,
    formatY: formatRoundShare,
    series: [{ label: 'Answered from memory', color: 'hits', format: formatShare }],
  });
  readonly element = this.#chart.element;

  show({ entriesCurve, maxEntries }: MemoryStats): void {
    const bounds = entriesCurve.map((point) => point.maxEntries);
    const ratios = entriesCurve.map(({ hitRatio }) => hitRatio);
    const today = { from: maxEntries, to: maxEntries, label: `today ${formatCount(maxEntries)}` };
    const [least, most] = [entriesCurve[0], entriesCurve.at(-1)].map((point) =>
      point === undefined ? '' : `${formatShare(point.hitRatio)} with ${formatExactly(point.maxEntries)}`,
    );
    const summary = `The bound today: ${formatExactly(maxEntries)}. Calls answered from memory: ${least ?? ''}, ${most ?? ''}.`;
    this.#chart.show([bounds, ratios], summary, [today]);
  }
}
