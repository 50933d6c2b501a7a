import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';

import { Output } from '../../lib/cli/output.js';
import { run } from '../../lib/cli/run.js';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export const PROGRAM = ['--import', 'tsx', 'lib/cli/main.ts'] as const;

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The program as a process of its own, without a terminal. */
export class CliProcess {
  readonly child: ChildProcessWithoutNullStreams;
  stdout = '';
  stderr = '';

  constructor(args: readonly string[], environment: NodeJS.ProcessEnv = {}) {
    this.child = spawn(process.execPath, [...PROGRAM, ...args], {
      cwd: ROOT,
      env: { ...process.env, REDIS_URL: undefined, ...environment },
    });
    this.child.stdout.setEncoding('utf8').on('data', (text: string) => (this.stdout += text));
    this.child.stderr.setEncoding('utf8').on('data', (text: string) => (this.stderr += text));
    this.child.stdin.on('error', () => undefined);
  }

  async ended(stdin = ''): Promise<Ended> {
    const closed = once(this.child, 'close') as Promise<[number | null]>;
    this.child.stdin.end(stdin);
    const [code] = await closed;
    return { code, stdout: this.stdout, stderr: this.stderr };
  }
}

/** The same within this process, which spares its start. */
export async function cli(...args: readonly string[]): Promise<Ended> {
  const [output, errors] = [new Sink(), new Sink()];
  const code = await run(args, output.asOutput(), errors.asOutput());
  return { code, stdout: output.text, stderr: errors.text };
}

/** What the program printed as JSON. */
export async function cliJson<T>(...args: readonly string[]): Promise<T> {
  const { code, stdout, stderr } = await cli(...args, '--json');
  if (stdout === '') throw new Error(`Expected JSON, got exit code ${code}: ${stderr}`);
  return JSON.parse(stdout) as T;
}

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** Keeps what is written; with a size it passes for a terminal. */
export class Sink extends Writable {
  readonly isTTY: boolean;
  columns: number | undefined;
  rows: number | undefined;
  text = '';

  constructor(size?: Size) {
    super({ decodeStrings: false });
    this.isTTY = size !== undefined;
    this.columns = size?.columns;
    this.rows = size?.rows;
  }

  override _write(chunk: string, _encoding: BufferEncoding, done: () => void): void {
    this.text += chunk;
    done();
  }

  resize({ columns, rows }: Size): void {
    this.columns = columns;
    this.rows = rows;
    this.emit('resize');
  }

  asOutput(environment: NodeJS.ProcessEnv = {}): Output {
    return new Output(this as unknown as NodeJS.WriteStream, environment);
  }
}
