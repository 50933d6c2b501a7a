/** What the process ends with, for scripts. */
export const EXIT = {
  /** It was done, and nothing is to be told. */
  done: 0,
  /** Findings (`doctor`); nothing was found (`inspect`, `explain`, `invalidate --dry-run`). */
  found: 1,
  /** The command line, or what it names, is wrong. */
  usage: 2,
  /** A server cannot be reached, refuses, or has nothing of freshkeep. */
  unreachable: 3,
  /** A fault of freshkeep itself. */
  fault: 4,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
