import { EXIT, type ExitCode } from './exit-code.js';

/** Why a command ends without doing what it was asked for: a sentence for the user, and what to do about it. */
export class Failure extends Error {
  readonly exitCode: ExitCode;
  readonly hint: string | undefined;

  constructor(exitCode: ExitCode, message: string, hint?: string) {
    super(message);
    this.exitCode = exitCode;
    this.hint = hint;
  }
}

/** The command line, or what it names, is wrong. */
export function wrongUsage(message: string, hint?: string): Failure {
  return new Failure(EXIT.usage, message, hint);
}

/** A server cannot be reached, refuses, or has not what was asked for. */
export function unreachable(message: string, hint?: string): Failure {
  return new Failure(EXIT.unreachable, message, hint);
}
