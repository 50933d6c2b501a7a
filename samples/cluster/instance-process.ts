import { fork, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';

import { Peer } from '../../spec/support/peer.js';
import { StartError } from '../users-service/configuration.js';
import { log } from '../users-service/log.js';
import type { InstanceCalls, InstanceOptions } from './instance-protocol.js';
import type { SharedDatabase } from './shared-database.js';

const PROGRAM = fileURLToPath(new URL('instance.ts', import.meta.url));

/** An instance of the users service, a process of its own, as the main process sees it. */
export class InstanceProcess {
  readonly name: string;
  readonly #process: ChildProcess;
  readonly #peer: Peer<InstanceCalls>;
  readonly #exited: Promise<void>;
  #port = 0;
  #stopping = false;

  /** It loads, and waits for `start`. */
  constructor(name: string, database: SharedDatabase) {
    this.name = name;
    this.#process = fork(PROGRAM, {
      execArgv: ['--import', 'tsx'],
      // What the database answers arrives as it was: dates are dates.
      serialization: 'advanced',
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    for (const stream of [this.#process.stdout, this.#process.stderr]) this.#print(stream!);
    this.#peer = new Peer<InstanceCalls>(this.#process, { ...database.calls });
    this.#exited = this.#awaitExit();
  }

  get pid(): number {
    return this.#process.pid!;
  }

  get port(): number {
    return this.#port;
  }

  /**
   * Resolves once it serves.
   * @throws StartError when it cannot
   */
  async start(options: InstanceOptions): Promise<void> {
    try {
      this.#port = await this.#peer.ask('start', options);
    } catch (error) {
      throw new StartError((error as Error).message);
    }
  }

  /** Resolves once the process has ended. */
  async stop(): Promise<void> {
    this.#stopping = true;
    // One that has ended already cannot be asked.
    await this.#peer.ask('stop').catch(() => undefined);
    if (this.#process.connected) this.#process.disconnect();
    await this.#exited;
  }

  /** Each line with the name of the instance before it. */
  #print(stream: Readable): void {
    createInterface({ input: stream }).on('line', (line) => {
      process.stdout.write(`${this.name.padEnd(6)}  ${line}\n`);
    });
  }

  #awaitExit(): Promise<void> {
    // A message to a process that has just ended is lost; 'exit' tells of the end.
    this.#process.on('error', () => undefined);
    return new Promise((resolve) => {
      this.#process.once('exit', (code, signal) => {
        const ending = `The ${this.name} instance ended with ${code ?? signal ?? 'an unknown signal'}`;
        if (!this.#stopping) log(ending);
        this.#peer.end(new Error(ending));
        resolve();
      });
    });
  }
}
