import { loadDurationsOf, SECONDS_BOUNDS, type LoadDurations } from '../metrics/load-durations.js';
import type { Metric, Sample } from '../metrics/metric.js';

type Told = readonly (readonly [labels: Sample['labels'], value: number])[];

function loadMetric(
  described: Pick<Metric, 'name' | 'unit' | 'help'>,
  own: readonly string[],
  told: (durations: LoadDurations) => Told,
): Metric {
  return {
    ...described,
    kind: 'counter',
    labels: ['pattern', ...own],
    read: ({ patterns }) =>
      patterns.flatMap((pattern) =>
        told(loadDurationsOf(pattern)).map(([labels, value]) => ({
          labels: { pattern: pattern.label, ...labels },
          value,
        })),
      ),
  };
}

/** What a histogram says, in counters: OpenTelemetry has no histogram whose figures are counted elsewhere. */
export const LOAD_METRICS: readonly Metric[] = [
  loadMetric(
    { name: 'loads', unit: '{load}', help: 'Calls of the method to load a value, failures included' },
    [],
    ({ count }) => [[{}, count]],
  ),
  loadMetric({ name: 'load.time', unit: 's', help: 'How long all of these loads took together' }, [], ({ sum }) => [
    [{}, sum],
  ]),
  loadMetric(
    { name: 'load.buckets', unit: '{load}', help: 'How many of these loads took no longer than `le`, in seconds' },
    ['le'],
    ({ upTo, count }) => [
      ...upTo.map((value, index) => [{ le: String(SECONDS_BOUNDS[index]) }, value] as const),
      [{ le: '+Inf' }, count],
    ],
  ),
];
