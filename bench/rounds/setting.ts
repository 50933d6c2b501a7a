import type { Medium } from '../libraries/library.js';
import type { Popularity } from '../random.js';
import type { Contender } from '../scenario.js';
import type { TaskName } from '../tasks/task-name.js';
import type { ValueKind } from '../values/value.js';
import type { WorkOptions } from './order.js';

/** What exactly is measured. */
export interface Setting {
  readonly medium: Medium;
  readonly task: TaskName;
  readonly value: ValueKind;
  readonly keys: number;
  readonly popularity: Popularity;
  /** How many calls are under way at a time. */
  readonly concurrency: number;
  /** Has every entry a tag? */
  readonly tagged: boolean;
  /** Calls of a round; absent: as many as fit into its time ({@link millisecondsOf}). */
  readonly calls?: number;
  /** Of how many calls it is told what they allocate; 0: it is not. */
  readonly weighedCalls: number;
}

/** What is not said otherwise. */
export const DEFAULT_SETTING: Setting = {
  medium: 'memory',
  task: 'hit',
  value: 'user',
  keys: 10_000,
  popularity: 'zipf',
  concurrency: 1,
  tagged: false,
  weighedCalls: 0,
};

/** About as long is a round: long enough for the clock, short enough for many rounds. */
export function millisecondsOf({ medium }: Setting): number {
  return medium === 'redis' ? 60 : 30;
}

/** How many calls of so many nanoseconds make a round. */
export function callsIn(nanoseconds: number, setting: Setting): number {
  const { concurrency, task, keys } = setting;
  const calls = Math.round((millisecondsOf(setting) * 1e6) / nanoseconds);
  // An entry can be invalidated once.
  return Math.max(concurrency, task === 'invalidation' ? Math.min(calls, keys) : calls);
}

/** Does each call take so long that it can be timed by itself? */
export function isSlow({ medium }: Setting): boolean {
  return medium === 'redis';
}

const TTL = 3_600;
/** At least so many, whatever the keys. */
const ENTRIES = 20_000;
const TAG = 'catalogue';

export function workOf({ file }: Contender, setting: Setting): WorkOptions {
  const { medium, task, value, keys, popularity, tagged } = setting;
  const service = {
    file,
    medium,
    ttl: TTL,
    staleWhileRevalidate: 0,
    maxEntries: Math.max(ENTRIES, keys),
    prefix: 'bench:',
    ...(tagged && { tag: TAG }),
  };
  return { service, task, value, keys, popularity, handicapped: false };
}
