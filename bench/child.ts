import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** Processes of the bench import freshkeep as users do, from what was built: the loader for TypeScript adds costs of its own. */
const TSCONFIG = join(import.meta.dirname, 'tsconfig.worker.json');

export interface ChildOptions {
  /** What it runs: a file that ends with `obey` (`obey.ts`). */
  readonly file: string;
  /** What it is told at the start; it finds it by `argument` (`obey.ts`). */
  readonly argument: object;
  readonly environment?: Readonly<Record<string, string>>;
  /** For Node. */
  readonly flags?: readonly string[];
}

/** Another process, which answers orders one by one and does nothing in between. */
export class Child<Order, Reply> {
  readonly #process: ChildProcess;

  /** Resolves once it is ready. */
  static async start<Order, Reply>(options: ChildOptions): Promise<Child<Order, Reply>> {
    const { file, argument, environment = {}, flags = [] } = options;
    const child = new Child<Order, Reply>(
      fork(file, [JSON.stringify(argument)], {
        execArgv: ['--import', 'tsx', ...flags],
        // JSON has no NaN, which says that something was not measured.
        serialization: 'advanced',
        env: { ...process.env, ...environment, TSX_TSCONFIG_PATH: TSCONFIG },
      }),
    );
    await child.#message();
    return child;
  }

  private constructor(child: ChildProcess) {
    this.#process = child;
  }

  /** Rejects when the process ends without an answer. */
  async ask(order: Order): Promise<Reply> {
    const reply = this.#message();
    this.#process.send(order as object);
    return (await reply) as Reply;
  }

  /** Resolves once it has ended, by itself or now. */
  async close(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const exited = once(this.#process, 'exit');
    if (this.#process.connected) this.#process.disconnect();
    await exited;
  }

  #message(): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const onMessage = (message: unknown) => {
        this.#process.off('exit', onExit);
        resolve(message);
      };
      const onExit = (code: number | null) => {
        this.#process.off('message', onMessage);
        reject(new Error(`${this.#process.spawnargs.slice(1).join(' ')} ended with ${code}`));
      };
      this.#process.once('message', onMessage).once('exit', onExit);
    });
  }
}
