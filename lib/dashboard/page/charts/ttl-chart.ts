import type { FillerStats, PatternStats } from '../../../statistics/pattern-stats.js';
import type { TtlEstimate } from '../../../statistics/ttl-curve.js';
import { formatDuration, formatRoundShare, formatShare } from '../format.js';
import { Chart } from './chart.js';
import type { PlotMark } from './plot.js';

/** What other ttls would have given, and where today's is. */
export class TtlChart {
  readonly #chart = new Chart({
    title: 'What another ttl would have given',
    axis: 'ttl',
    empty: 'Nothing was called yet.',
    x: {
      kind: 'logarithmic',
      format: formatDuration,
      splits: [
        1_000, 15_000, 60_000, 300_000, 900_000, 3_600_000, 10_800_000, 43_200_000, 86_400_000, 259_200_000,
        604_800_000,
      ],
    },
    most: 1,
    formatY: formatRoundShare,
    series: [
      { label: 'Hit ratio', color: 'hits', format: formatShare },
      { label: 'Hits out of date', color: 'old', format: formatShare },
    ],
  });
  readonly element = this.#chart.element;

  show({ ttlCurve, fillers }: PatternStats): void {
    const data = [
      ttlCurve.map(({ ttl }) => ttl),
      ttlCurve.map(({ hitRatio }) => hitRatio),
      ttlCurve.map(({ outOfDate }) => outOfDate ?? null),
    ] as const;
    const today = ttlsOf(fillers);
    this.#chart.show(data, summaryOf(ttlCurve, today), today === undefined ? [] : [today]);
  }
}

/** From the shortest to the longest that entries were given; a ttl of 0 stores nothing. */
function ttlsOf(fillers: readonly FillerStats[]): PlotMark | undefined {
  if (fillers.length === 0) return undefined;
  const from = Math.min(...fillers.map(({ shortestTtl }) => shortestTtl));
  const to = Math.max(...fillers.map(({ longestTtl }) => longestTtl));
  return { from, to, label: `today ${ttlRange(from, to)}` };
}

/** `5 min`, or `1 min to 5 min` where they differ. */
export function ttlRange(from: number, to: number): string {
  const [one, other] = [formatDuration(from), formatDuration(to)];
  return one === other ? one : `${one} to ${other}`;
}

function summaryOf(curve: readonly TtlEstimate[], today: PlotMark | undefined): string {
  const [shortest, longest] = [curve[0], curve.at(-1)];
  if (shortest === undefined || longest === undefined) return '';
  const ends = [shortest, longest].map(({ ttl, hitRatio }) => `${formatShare(hitRatio)} with ${formatDuration(ttl)}`);
  const known = curve.some(({ outOfDate }) => outOfDate !== undefined);
  return [
    today === undefined ? '' : `The ttl today: ${ttlRange(today.from, today.to)}.`,
    `Hits without a stale window: from ${ends.join(' to ')}.`,
    known ? '' : 'Too few values were loaded twice to tell how many would be out of date.',
  ]
    .filter((part) => part !== '')
    .join(' ');
}
