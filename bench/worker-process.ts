import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

import type { Popularity } from './random.js';

/** What a worker is told to do. */
export interface Order {
  readonly kind: 'round' | 'weigh' | 'close';
  readonly operations: number;
  /** Is each call timed by itself as well? */
  readonly eachCall: boolean;
}

/** What a round yields, per call. */
export interface Measured {
  readonly nanoseconds?: number;
  readonly bytes?: number;
  readonly p99Milliseconds?: number;
}

export interface WorkerOptions {
  /** The file of the contender. */
  readonly file: string;
  readonly keys: number;
  readonly popularity: Popularity;
  readonly environment: Readonly<Record<string, string>>;
}

/** Workers import freshkeep as users do, from what was built: the loader for TypeScript adds costs of its own. */
const TSCONFIG = join(import.meta.dirname, 'tsconfig.worker.json');
/** In megabytes: room for all that a round allocates. */
const YOUNG_GENERATION = ['--min-semi-space-size=512', '--max-semi-space-size=512'];

/** A contender in a process of its own, ready when it is made. */
export class WorkerProcess {
  readonly #child: ChildProcess;

  static async start(options: WorkerOptions, purpose: 'round' | 'weigh'): Promise<WorkerProcess> {
    const { file, keys, popularity, environment } = options;
    const child = fork(join(import.meta.dirname, 'worker.ts'), [file, String(keys), popularity], {
      execArgv: ['--import', 'tsx', '--expose-gc', ...(purpose === 'weigh' ? YOUNG_GENERATION : [])],
      env: { ...process.env, ...environment, TSX_TSCONFIG_PATH: TSCONFIG },
    });
    const worker = new WorkerProcess(child);
    await worker.#reply();
    return worker;
  }

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  async run(order: Order): Promise<Measured> {
    this.#child.send(order);
    return (await this.#reply()) as Measured;
  }

  async close(): Promise<void> {
    const exited = once(this.#child, 'exit');
    this.#child.send({ kind: 'close', operations: 0, eachCall: false } satisfies Order);
    await exited;
  }

  /** The worker's next message; rejects when it ends without one. */
  #reply(): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const onMessage = (message: unknown) => {
        this.#child.off('exit', onExit);
        resolve(message);
      };
      const onExit = (code: number | null) => {
        this.#child.off('message', onMessage);
        reject(new Error(`a worker ended with ${code}`));
      };
      this.#child.once('message', onMessage).once('exit', onExit);
    });
  }
}
