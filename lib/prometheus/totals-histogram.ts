import { Histogram, type HistogramConfiguration } from 'prom-client';

import { SECONDS_BOUNDS, type LoadDurations } from '../metrics/load-durations.js';
import type { Labels } from '../metrics/metric.js';

type Exported = Awaited<ReturnType<Histogram['get']>>;
type ExportedValue = Exported['values'][number];

/** The durations that have these labels. */
export interface LabelledDurations {
  readonly labels: Labels;
  readonly durations: LoadDurations;
}

/** A histogram of what was counted elsewhere: prom-client's own can only be told of one duration at a time. */
export class TotalsHistogram extends Histogram {
  readonly #title: Pick<Exported, 'name' | 'help'>;
  readonly #read: () => readonly LabelledDurations[];

  constructor(config: HistogramConfiguration<string>, read: () => readonly LabelledDurations[]) {
    super({ ...config, buckets: [...SECONDS_BOUNDS] });
    this.#title = { name: config.name, help: config.help };
    this.#read = read;
  }

  override get(): Promise<Exported> {
    const values = this.#read().flatMap((each) => this.#valuesOf(each));
    // The types of prom-client promise more than it asks for, and another `type`.
    return Promise.resolve({ ...this.#title, type: 'histogram', aggregator: 'sum', values } as unknown as Exported);
  }

  /** What a registry asks for in the place of {@link get} where it writes text. */
  getForPromString(): Promise<Exported> {
    return this.get();
  }

  #valuesOf({ labels, durations: { count, sum, upTo } }: LabelledDurations): ExportedValue[] {
    const { name } = this.#title;
    const bucket = (le: number | string, value: number) => ({
      labels: { le, ...labels },
      value,
      metricName: `${name}_bucket`,
    });
    return [
      ...SECONDS_BOUNDS.map((bound, index) => bucket(bound, upTo[index] ?? 0)),
      bucket('+Inf', count),
      { labels, value: sum, metricName: `${name}_sum` },
      { labels, value: count, metricName: `${name}_count` },
    ];
  }
}
