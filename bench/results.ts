import { cpus } from 'node:os';

/** When and on what something was measured. */
export interface Run {
  readonly measuredAt: string;
  readonly node: string;
  readonly processor: string;
}

/** All that was measured for a scenario, as it is written to `results/`. */
export interface Results extends Run {
  readonly scenario: string;
  /** How much was measured: `'60 rounds of about 30 ms each'`. */
  readonly extent: string;
  readonly lines: readonly Line[];
  /** Contenders that were left out, and why. */
  readonly absent: readonly Absence[];
}

/** What was measured of one contender. */
export interface Line {
  readonly variant: string;
  readonly contender: string;
  readonly series: Readonly<Partial<Record<Quantity, readonly number[]>>>;
}

/** In the order in which it was measured: what has one index in two lines was measured at about the same time. */
export type Quantity =
  | 'nanoseconds'
  | 'p50Milliseconds'
  | 'p99Milliseconds'
  | 'p999Milliseconds'
  | 'maxMilliseconds'
  | 'p50AroundExpiry'
  | 'p99AroundExpiry'
  | 'maxAroundExpiry'
  | 'cpuMicroseconds'
  | 'allocatedBytes'
  | 'bytesPerEntry'
  | 'loads'
  | 'queries';

export interface Absence {
  readonly variant: string;
  readonly contender: string;
  readonly why: string;
}

export function describeRun(): Run {
  const processors = cpus();
  return {
    measuredAt: new Date().toISOString(),
    node: process.version,
    processor: `${processors.length} × ${processors[0]?.model.trim() ?? 'unknown'}`,
  };
}

/** As JSON: what was measured in lines of its own, with as many digits as mean something. */
export function stringifyResults(results: object): string {
  const rounded = (_key: string, value: unknown) =>
    typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(6)) : value;
  const text = JSON.stringify(results, rounded, 1);
  return `${text.replace(/\[[\d.e+\-nul,\s]*\]/g, (list) => list.replace(/\s+/g, ' '))}\n`;
}

/** JSON has no `NaN`: what was not measured is `null` there. */
export function parseResults(text: string): Results {
  return JSON.parse(text, (_key, value: unknown) => (value === null ? NaN : value)) as Results;
}
