import type { Line, Quantity } from './results.js';
import { medianOf, ratiosOf, spreadOf } from './statistics.js';

/** A column of a table: what it says of a line, beside the line of the floor. */
export interface Column {
  readonly head: string;
  readonly text: (line: Line, floor: Line) => string;
}

/** A column of numbers. */
export interface Measure extends Column {
  /** `NaN` where it was not measured. */
  readonly of: (line: Line, floor: Line) => number;
  readonly format: (value: number) => string;
}

type Format = (value: number) => string;

const times: Format = (value) => value.toFixed(2);
const milliseconds: Format = (value) => `${value.toFixed(value < 1 ? 3 : value < 10 ? 2 : 1)} ms`;
const whole: Format = (value) => Math.round(value).toLocaleString('en');
const bytes: Format = (value) => `${whole(value)} B`;
const time: Format = (nanoseconds) => {
  if (nanoseconds < 1e4) return `${Math.round(nanoseconds)} ns`;
  return nanoseconds < 1e7 ? `${(nanoseconds / 1e3).toFixed(1)} µs` : `${(nanoseconds / 1e6).toFixed(1)} ms`;
};

export const TIME = measure('per call (median)', medianIn('nanoseconds'), time);
export const TIMES_FLOOR = measure('× floor', timesFloorIn('nanoseconds'), times);
export const SPREAD = spread('nanoseconds', time);
export const BYTES_PER_ENTRY = measure('bytes per entry', medianIn('bytesPerEntry'), whole);
export const BYTES_TIMES_FLOOR = measure('× floor', timesFloorIn('bytesPerEntry'), times);
export const BYTES_SPREAD = spread('bytesPerEntry', whole);
export const CALLS_PER_SECOND = measure('calls/s', (line) => 1e9 / TIME.of(line, line), whole);
/** The floor's time in that of a contender: how many calls it answers where the floor answers one. */
export const THROUGHPUT = measure(
  'calls/s × floor',
  ({ series }, floor) => medianOf(ratiosOf(floor.series.nanoseconds ?? [], series.nanoseconds ?? [])),
  times,
);
export const ALLOCATED = measure('allocated per call', medianIn('allocatedBytes'), bytes);
/** Microseconds of a call are seconds of a million. */
export const CPU_PER_MILLION = measure(
  'CPU per million calls',
  medianIn('cpuMicroseconds'),
  (seconds) => `${seconds.toFixed(2)} s`,
);
export const CPU_PER_REQUEST = measure('CPU per request', medianIn('cpuMicroseconds'), (value) => `${whole(value)} µs`);
export const QUERIES = measure('queries', medianIn('queries'), whole);
export const P50 = measure('p50', medianIn('p50Milliseconds'), milliseconds);
export const P99 = measure('p99', medianIn('p99Milliseconds'), milliseconds);
export const P99_TIMES_FLOOR = measure('p99 × floor', timesFloorIn('p99Milliseconds'), times);
export const P999 = measure('p99.9', medianIn('p999Milliseconds'), milliseconds);
export const SLOWEST = measure('slowest', medianIn('maxMilliseconds'), milliseconds);
export const SLOWEST_OF_ALL = measure('slowest of all', mostIn('maxMilliseconds'), milliseconds);
export const P50_AROUND = measure('p50 around expiry', medianIn('p50AroundExpiry'), milliseconds);
export const P99_AROUND = measure('p99 around expiry', medianIn('p99AroundExpiry'), milliseconds);
export const MAX_AROUND = measure('slowest around expiry', medianIn('maxAroundExpiry'), milliseconds);
export const LOADS = measure('loads', medianIn('loads'), whole);
export const MOST_LOADS = measure('most loads', mostIn('loads'), whole);

/** Says `–` where there is nothing to say. */
function measure(head: string, of: Measure['of'], formatNumber: Format): Measure {
  const format: Format = (value) => (Number.isNaN(value) ? '–' : formatNumber(value));
  return { head, of, format, text: (line, floor) => format(of(line, floor)) };
}

function medianIn(quantity: Quantity): (line: Line) => number {
  return ({ series }) => medianOf(series[quantity] ?? []);
}

function mostIn(quantity: Quantity): (line: Line) => number {
  return ({ series }) => spreadOf(series[quantity] ?? []).max;
}

function spread(quantity: Quantity, format: Format): Column {
  return {
    head: 'min – max',
    text({ series }) {
      const { min, max } = spreadOf(series[quantity] ?? []);
      return `${format(min)} – ${format(max)}`;
    },
  };
}

/** The median of the ratios of what was measured together: what else the machine did then cancels out. */
function timesFloorIn(quantity: Quantity): Measure['of'] {
  return ({ series }, floor) => medianOf(ratiosOf(series[quantity] ?? [], floor.series[quantity] ?? []));
}
