import type { Command } from './command.js';
import { COMMON_OPTIONS, type OptionTable } from './option-table.js';

/** Of the program: its commands. */
export function programHelp(commands: readonly Command[]): string[] {
  const width = Math.max(...commands.map(({ name }) => name.length));
  return [
    'Usage: freshkeep <command> [options]',
    '',
    'Commands:',
    ...commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`),
    '',
    'Options:',
    ...optionLines({
      help: { short: 'h', says: 'Print this, or what a command takes: freshkeep <command> --help' },
      version: VERSION,
    }),
    '',
    'Exit codes: 0 done, 1 findings, or nothing found, 2 wrong usage or input, 3 a server cannot be reached or refuses.',
    'All of it: docs/cli.md',
  ];
}

const VERSION = { says: 'Print the version' };

export function commandHelp({ name, summary, usage, details, options }: Command): string[] {
  return [
    ...usage.map((line, at) => `${at === 0 ? 'Usage:' : '      '} freshkeep ${name} ${line}`),
    '',
    summary,
    '',
    ...details.split('\n'),
    '',
    'Options:',
    ...optionLines({ ...options, ...COMMON_OPTIONS }),
  ];
}

function optionLines(options: OptionTable): string[] {
  const heads = Object.entries(options).map(([name, { value, short }]) =>
    [`${short === undefined ? '    ' : `-${short}, `}--${name}`, value].filter((part) => part !== undefined).join(' '),
  );
  const width = Math.max(...heads.map(({ length }) => length));
  return Object.values(options).map(({ says }, at) => `  ${(heads[at] ?? '').padEnd(width)}  ${says}`);
}
