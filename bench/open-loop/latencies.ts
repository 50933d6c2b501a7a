import { percentile } from '../statistics.js';

/** What most calls, and the worst ones, took, in milliseconds; `NaN` where there were none. */
export interface Latencies {
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
}

export function latenciesOf(all: Float64Array): Latencies {
  return {
    p50: percentile(all, 0.5),
    p99: percentile(all, 0.99),
    p999: percentile(all, 0.999),
    max: percentile(all, 1),
  };
}
