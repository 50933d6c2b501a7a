import { CacheError } from '../errors.js';
import { nearest } from '../known-names.js';
import type { Command } from './command.js';
import { COMMON_OPTIONS } from './option-table.js';
import { doctor } from './commands/doctor.js';
import { explain } from './commands/explain.js';
import { inspect } from './commands/inspect.js';
import { invalidate } from './commands/invalidate.js';
import { top } from './commands/top.js';
import { EXIT, type ExitCode } from './exit-code.js';
import { Failure, wrongUsage } from './failure.js';
import { Given } from './given.js';
import { commandHelp, programHelp } from './help.js';
import type { Output } from './output.js';
import { printable } from './text/printable.js';
import { packageVersion } from './version.js';

const COMMANDS: readonly Command[] = [doctor, top, inspect, explain, invalidate];

/** Runs the command that `args` name, and tells of failures on `errors`. Never rejects. */
export async function run(args: readonly string[], output: Output, errors: Output): Promise<ExitCode> {
  try {
    return await dispatch(args, output);
  } catch (error) {
    return tell(failureOf(error), args.includes('--json'), errors);
  }
}

async function dispatch(args: readonly string[], output: Output): Promise<ExitCode> {
  const [name = '', ...rest] = args;
  if (name === '--version') return printed(output, [packageVersion()]);
  if (name === '--help' || name === '-h' || name === 'help') return printed(output, helpFor(rest[0]));
  const command = commandOf(name);
  if (asksForHelp(rest)) return printed(output, commandHelp(command));
  return command.run(new Given(rest, { ...command.options, ...COMMON_OPTIONS }), output);
}

function helpFor(name: string | undefined): string[] {
  return name === undefined ? programHelp(COMMANDS) : commandHelp(commandOf(name));
}

/** Whatever else is wrong with the options. */
function asksForHelp(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  return args.slice(0, end < 0 ? args.length : end).some((arg) => arg === '--help' || arg === '-h');
}

function commandOf(name: string): Command {
  const command = COMMANDS.find((each) => each.name === name);
  if (command !== undefined) return command;
  const names = COMMANDS.map((each) => each.name);
  if (name === '') throw wrongUsage('no command was given', `one of ${names.join(', ')}; freshkeep --help tells more`);
  if (name.startsWith('-'))
    throw wrongUsage(`the command comes first, before ${name}`, `freshkeep ${names.join(' | ')} [options]`);
  const meant = nearest(name, names);
  const hint = meant === undefined ? `the commands are ${names.join(', ')}` : `did you mean ${meant}?`;
  throw wrongUsage(`there is no command ${name}`, hint);
}

function printed(output: Output, lines: readonly string[]): ExitCode {
  output.print(...lines);
  return EXIT.done;
}

/** What users do wrong has no stack; what we do has. */
function failureOf(error: unknown): Failure {
  if (error instanceof Failure) return error;
  if (CacheError.is(error)) return wrongUsage(error.message);
  const stack = error instanceof Error ? error.stack : undefined;
  return new Failure(EXIT.fault, `a fault of freshkeep itself, please report it: ${stack ?? String(error)}`);
}

/** Tells of a failure, and gives back with which code the process ends. */
export function tell({ exitCode, message, hint }: Failure, asJson: boolean, errors: Output): ExitCode {
  if (asJson) {
    errors.print(JSON.stringify({ error: { exitCode, message, ...(hint === undefined ? {} : { hint }) } }));
  } else {
    const shown = exitCode === EXIT.fault ? message : printable(message);
    errors.print(`${errors.style.red('freshkeep:')} ${shown}`);
    if (hint !== undefined) errors.print(...hint.split('\n').map((line) => `  ${printable(line)}`));
  }
  return exitCode;
}
