import type { Overview, PatternRow } from '../overview.js';

/** Ten minutes, in milliseconds: also those in which nobody looked. */
const KEPT_FOR = 600_000;

/** A process seems to have started at the same time again and again, but for what its two clocks drift apart, in milliseconds. */
const SAME_START = 300;

/** What has been counted until a poll. */
type Counted = Pick<PatternRow, 'calls' | 'misses' | 'loads'>;

const NOTHING: Counted = { calls: 0, misses: 0, loads: 0 };

/** What was so at a poll. */
interface Poll {
  readonly at: number;
  readonly countedFor: number;
  readonly total: Counted;
  readonly rows: ReadonlyMap<string, Counted>;
}

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
  #polls: readonly Poll[] = [];

  add({ at, countedFor, rows }: Overview): void {
    const before = this.#polls.filter((poll) => isContinued(poll, { at, countedFor }));
    // Two polls within half a second are answered by the same.
    if (before.at(-1)?.countedFor === countedFor) return;
    const byPattern = new Map(rows.map(({ pattern, calls, misses, loads }) => [pattern, { calls, misses, loads }]));
    this.#polls = [...before, { at, countedFor, total: totalOf(rows), rows: byPattern }];
  }

  /** Of all patterns, or of one. */
  rates(pattern?: string): Rates {
    const counted = this.#polls.map(({ total, rows }) =>
      pattern === undefined ? total : (rows.get(pattern) ?? NOTHING),
    );
    const intervals = this.#polls.slice(1).map(({ at, countedFor }, index) => {
      const seconds = (countedFor - (this.#polls[index]?.countedFor ?? 0)) / 1_000;
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

/** Not where the process was restarted, this is another one, or its clock was set. */
function isContinued(poll: Poll, { at, countedFor }: Pick<Poll, 'at' | 'countedFor'>): boolean {
  const age = countedFor - poll.countedFor;
  return age >= 0 && age <= KEPT_FOR && Math.abs(at - poll.at - age) < SAME_START;
}

function totalOf(rows: readonly Counted[]): Counted {
  const sumOf = (name: keyof Counted) => rows.reduce((sum, row) => sum + row[name], 0);
  return { calls: sumOf('calls'), misses: sumOf('misses'), loads: sumOf('loads') };
}

/** Of several processes behind one address some cannot be told from the others. */
function difference(later: Counted, earlier: Counted): Counted {
  return {
    calls: Math.max(0, later.calls - earlier.calls),
    misses: Math.max(0, later.misses - earlier.misses),
    loads: Math.max(0, later.loads - earlier.loads),
  };
}
