import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';

export const ROOT = join(import.meta.dirname, '..', '..');

/** A sample as `npm start` runs it, but that no shell and no npm stand between it and a signal. */
export function commandOf(sample: string): readonly [string, string[]] {
  return [process.execPath, ['--import', 'tsx', join('samples', sample, 'main.ts')]];
}

/** None outlives the specs, not even one that never got ready. */
const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** A sample that serves, on free ports unless `environment` says otherwise. */
export class SampleProcess {
  readonly pid: number;
  readonly #process: ChildProcess;
  #output = '';

  /** Resolves once it has printed what can be tried. */
  static async start(sample: string, environment: Record<string, string> = {}): Promise<SampleProcess> {
    const started = new SampleProcess(sample, environment);
    while (!started.output.includes('Ctrl+C stops')) {
      const { exitCode } = started.#process;
      if (exitCode !== null) throw new Error(`the sample ended with ${exitCode}:\n${started.output}`);
      await pause(20);
    }
    return started;
  }

  private constructor(sample: string, environment: Record<string, string>) {
    const [node, args] = commandOf(sample);
    const child = spawn(node, args, {
      cwd: ROOT,
      env: { ...process.env, PORT: '0', ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => (this.#output += text));
    }
    running.add(child);
    child.once('exit', () => running.delete(child));
    this.#process = child;
    this.pid = child.pid!;
  }

  get output(): string {
    return this.#output;
  }

  /** The exit code after a signal. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    const { exitCode, signalCode } = this.#process;
    if (exitCode !== null || signalCode !== null) return exitCode;
    const exited = once(this.#process, 'exit') as Promise<[number | null]>;
    this.#process.kill(signal);
    return (await exited)[0];
  }
}

/** What a sample prints when it does not start. */
export async function failureOf(sample: string, environment: Record<string, string>): Promise<string> {
  const [node, args] = commandOf(sample);
  try {
    await promisify(execFile)(node, args, { cwd: ROOT, env: { ...process.env, ...environment }, timeout: 100_000 });
  } catch (error) {
    const { code, stderr } = error as { readonly code: unknown; readonly stderr: string };
    if (code === 1) return stderr;
    throw error;
  }
  throw new Error('Expected the sample not to start');
}
