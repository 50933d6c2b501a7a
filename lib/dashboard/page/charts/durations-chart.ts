import { DURATION_BOUNDS, quantileOf, type DurationStats } from '../../../statistics/duration-histogram.js';
import { formatCount, formatDuration, formatExactly } from '../format.js';
import { Chart } from './chart.js';

/** How long loads took, in the buckets in which they are counted. */
export class DurationsChart {
  readonly #chart = new Chart({
    title: 'How long loads took',
    axis: 'Duration',
    empty: 'Nothing was loaded yet.',
    x: {
      kind: 'steps',
      format: bucketName,
    },
    formatY: formatCount,
    series: [{ label: 'Loads', color: 'loads', format: formatExactly, kind: 'bars' }],
  });
  readonly element = this.#chart.element;

  show(loads: DurationStats): void {
    const used = loads.counts.flatMap((count, index) => (count > 0 ? [index] : []));
    const from = Math.max(0, (used.at(0) ?? 0) - 1);
    const to = Math.min(DURATION_BOUNDS.length, (used.at(-1) ?? -1) + 1);
    const buckets = used.length === 0 ? [] : Array.from({ length: to - from + 1 }, (_, index) => from + index);
    this.#chart.show([buckets, buckets.map((bucket) => loads.counts[bucket] ?? 0)], summaryOf(loads));
  }
}

function bucketName(bucket: number): string {
  const bound = DURATION_BOUNDS[bucket];
  return bound === undefined ? `> ${formatDuration(DURATION_BOUNDS.at(-1) ?? 0)}` : `≤ ${formatDuration(bound)}`;
}

function summaryOf(loads: DurationStats): string {
  const [half, most] = [quantileOf(loads, 0.5), quantileOf(loads, 0.99)];
  if (half === undefined || most === undefined) return '';
  return `Half of ${formatCount(loads.count)} loads took at most ${formatDuration(half)}, 99 % at most ${formatDuration(most)}.`;
}
