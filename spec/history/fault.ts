import { setTimeout as pause } from 'node:timers/promises';

import type { Backing } from './backing.js';
import type { Loss } from './history.js';

/** What a fault may be done to. */
export interface Stage<B extends Backing> {
  readonly backing: B;
  /** The keys that are read and written meanwhile. */
  readonly keys: readonly string[];
  readonly block: (process: number, milliseconds: number) => void;
  /** Excuses writes; for faults by which Redis itself loses what it has acknowledged, and for no others. */
  readonly mayLose: (loss: Loss) => void;
}

/** One thing that goes wrong for a while. */
export interface Fault<B extends Backing = Backing> {
  readonly name: string;
  /** Does nothing answer the process while no connection closes? */
  readonly silent: 'one process' | 'all processes' | 'no';
  /** Resolves once all is well again, but for what processes have not noticed yet. Where its length is free, it is given. */
  readonly happen: (stage: Stage<B>, process: number, milliseconds: number) => Promise<void>;
}

type Act<B extends Backing> = (stage: Stage<B>, process: number, milliseconds: number) => unknown;

/** What is begun, goes on for so long as is free to be chosen, and is ended. */
export function during<B extends Backing>(begin: Act<B>, end?: Act<B>): Fault<B>['happen'] {
  return async (stage, process, milliseconds) => {
    await begin(stage, process, milliseconds);
    await pause(milliseconds);
    await end?.(stage, process, milliseconds);
  };
}

export function faultNamed<B extends Backing>(faults: readonly Fault<B>[], name: string): Fault<B> {
  const fault = faults.find((candidate) => candidate.name === name);
  if (fault === undefined) throw new Error(`Expected a fault of the name '${name}'`);
  return fault;
}
