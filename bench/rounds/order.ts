import type { ServiceOptions } from '../open-service.js';
import type { Popularity } from '../random.js';
import type { TaskName } from '../tasks/task-name.js';
import type { ValueKind } from '../values/value.js';

/** What a contender's process is started with. */
export interface WorkOptions {
  readonly service: ServiceOptions;
  readonly task: TaskName;
  readonly value: ValueKind;
  readonly keys: number;
  readonly popularity: Popularity;
  /** Is every call made slower on purpose, to see whether that is noticed? */
  readonly handicapped: boolean;
}

/** So many calls. */
export interface Order {
  readonly calls: number;
  /** How many of them are under way at a time. */
  readonly concurrency: number;
  /** Is each call timed by itself as well? */
  readonly eachCall: boolean;
}

/** What the calls of an order took. */
export interface Round {
  /** The time of all, in their number: where many are under way, each takes longer than this. */
  readonly nanoseconds: number;
  /** Of a call; where each was timed. */
  readonly p99Milliseconds?: number;
  /** Of a call: all that the process used, on whatever thread. */
  readonly cpuMicroseconds: number;
  /** Of the source, in all. */
  readonly loads: number;
}

/** What the calls of an order left on the heap. */
export interface Weight {
  /** Of a call. */
  readonly bytes: number;
  readonly loads: number;
}
