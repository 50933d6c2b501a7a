import type { CountingSource } from '../counting-source.js';
import type { Service } from '../libraries/library.js';

/** What is done over and over, and measured. */
export interface Task {
  /** Makes ready for so many calls, before the clock starts. */
  prepare(calls: number): Promise<void>;
  /** The call that is measured, with an id of those that are drawn for all contenders alike. */
  call(id: number): Promise<unknown>;
}

/** What a task works on. */
export interface TaskOptions {
  readonly service: Service;
  readonly source: CountingSource;
  /** How many ids are drawn from, from 1. */
  readonly keys: number;
}

export type MakeTask = (options: TaskOptions) => Task;
