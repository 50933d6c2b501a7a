import type { Overview, PatternRow } from '../overview.js';

/** Ten minutes of polls. */
const MOST_POLLS = 300;

/** What has been counted until a poll. */
type Counted = Pick<PatternRow, 'calls' | 'misses' | 'loads'>;

const NOTHING: Counted = { calls: 0, misses: 0, loads: 0 };

/** What happened between polls; `null` where there is nothing to divide. */
export interface Rates {
  /** Seconds since 1970, at which each interval has ended. */
  readonly times: readonly number[];
  readonly calls: readonly number[];
  readonly loads: readonly number[];
  readonly hitRatio: readonly (number | null)[];
}

/** What was counted at each poll since the page was opened. */
export class History {
  #polls: {
    readonly at: number;
    readonly countedFor: number;
    readonly total: Counted;
    readonly rows: Map<string, Counted>;
  }[] = [];

  add({ at, countedFor, rows }: Overview): void {
    const last = this.#polls.at(-1);
    if (last !== undefined && at <= last.at) return;
    // The process was restarted, or this is another one.
    if (last !== undefined && countedFor < last.countedFor) this.#polls = [];
    const byPattern = new Map(rows.map(({ pattern, calls, misses, loads }) => [pattern, { calls, misses, loads }]));
    this.#polls.push({ at, countedFor, total: totalOf(rows), rows: byPattern });
    if (this.#polls.length > MOST_POLLS) this.#polls.shift();
  }

  /** Of all patterns, or of one. */
  rates(pattern?: string): Rates {
    const counted = this.#polls.map(({ total, rows }) =>
      pattern === undefined ? total : (rows.get(pattern) ?? NOTHING),
    );
    const intervals = this.#polls.slice(1).map(({ at }, index) => {
      const seconds = (at - (this.#polls[index]?.at ?? at)) / 1_000;
      return { at, seconds, ...difference(counted[index + 1] ?? NOTHING, counted[index] ?? NOTHING) };
    });
    return {
      times: intervals.map(({ at }) => at / 1_000),
      calls: intervals.map(({ calls, seconds }) => calls / seconds),
      loads: intervals.map(({ loads, seconds }) => loads / seconds),
      hitRatio: intervals.map(({ calls, misses }) => (calls === 0 ? null : (calls - misses) / calls)),
    };
  }
}

function totalOf(rows: readonly Counted[]): Counted {
  const sumOf = (name: keyof Counted) => rows.reduce((sum, row) => sum + row[name], 0);
  return { calls: sumOf('calls'), misses: sumOf('misses'), loads: sumOf('loads') };
}

function difference(later: Counted, earlier: Counted): Counted {
  return {
    calls: Math.max(0, later.calls - earlier.calls),
    misses: Math.max(0, later.misses - earlier.misses),
    loads: Math.max(0, later.loads - earlier.loads),
  };
}
