import type { ExitCode } from './exit-code.js';
import type { Given } from './given.js';
import type { OptionTable } from './option-table.js';
import type { Output } from './output.js';

export interface Command {
  readonly name: string;
  /** One line, for the list of commands. */
  readonly summary: string;
  /** What follows `freshkeep`, a line for each form. */
  readonly usage: readonly string[];
  /** What else `--help` says. */
  readonly details: string;
  readonly options: OptionTable;
  run(given: Given, output: Output): Promise<ExitCode>;
}
