import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import { bundled } from './bundled-program.js';
import { Peer } from './peer.js';
import type { SourceCalls, WorkerCalls, WorkerOptions } from './worker-protocol.js';

const PROGRAM = fileURLToPath(new URL('worker.ts', import.meta.url));

/** What is behind the cache, in the parent. */
export type Source = Partial<Pick<SourceCalls, 'load' | 'write'>>;

export interface StartWorkerOptions extends WorkerOptions {
  /** By how many milliseconds its wall clock is wrong. Default 0. */
  readonly clockShift?: number;
}

const running = new Set<CacheWorker>();

/** Starts processes that share a cache; resolves when all are ready, whether or not Redis is there. */
export function startWorkers(count: number, options: StartWorkerOptions, source: Source = {}): Promise<CacheWorker[]> {
  return Promise.all(Array.from({ length: count }, () => startWorker(options, source)));
}

export async function startWorker(options: StartWorkerOptions, source: Source = {}): Promise<CacheWorker> {
  const worker = new CacheWorker(options, source);
  running.add(worker);
  await worker.ready;
  return worker;
}

/** For `afterEach`: kills what a spec has left, frozen or not. */
export async function endWorkers(): Promise<void> {
  await Promise.all([...running].map((worker) => worker.kill()));
}

/** A real process with a cache over Redis, as its parent sees it. */
export class CacheWorker {
  readonly ready: Promise<void>;
  readonly ask: Peer<WorkerCalls>['ask'];
  readonly #process: ChildProcess;
  readonly #exited: Promise<number | NodeJS.Signals>;
  #errors = '';

  constructor({ clockShift = 0, ...options }: StartWorkerOptions, source: Source) {
    this.#process = fork(bundled(PROGRAM), [JSON.stringify(options)], {
      execArgv: ['--enable-source-maps'],
      env: { ...process.env, FRESHKEEP_SPEC_CLOCK_SHIFT: String(clockShift) },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.#process.stderr?.on('data', (text: Buffer) => (this.#errors += text.toString()));
    const { peer, ready } = this.#meet(source);
    this.ready = ready;
    this.ask = peer.ask.bind(peer);
    this.#exited = this.#awaitExit(peer);
  }

  async kill(): Promise<void> {
    this.#process.kill('SIGKILL');
    await this.#exited;
  }

  /** It does nothing from now on, as if its machine were suspended. */
  pause(): void {
    this.#process.kill('SIGSTOP');
  }

  resume(): void {
    this.#process.kill('SIGCONT');
  }

  /** Lets it disconnect from everything. Resolves to how it ended by itself; to what it printed, where that was an error. */
  async finish(): Promise<number | string> {
    await this.ask('finish');
    const ending = await this.#exited;
    return ending === 0 ? ending : `${ending}: ${this.#errors}`;
  }

  #meet(source: Source): { readonly peer: Peer<WorkerCalls>; readonly ready: Promise<void> } {
    let peer!: Peer<WorkerCalls>;
    const ready = new Promise<void>((resolve, reject) => {
      peer = new Peer<WorkerCalls>(this.#process, { ...source, ready: resolve });
      this.#process.once('exit', () => {
        reject(new Error(`The worker did not start\n${this.#errors}`));
      });
    });
    return { peer, ready };
  }

  async #awaitExit(peer: Peer<WorkerCalls>): Promise<number | NodeJS.Signals> {
    const [code, signal] = (await once(this.#process, 'exit')) as [number | null, NodeJS.Signals];
    running.delete(this);
    peer.end(new Error(`The worker ended with ${code ?? signal}\n${this.#errors}`));
    return code ?? signal;
  }
}
