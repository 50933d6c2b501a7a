import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { bundled } from '../support/bundled-program.js';
import { Peer } from '../support/peer.js';
import type { SlowSource } from '../support/slow-source.js';
import type { HistoryCalls, HistoryProcessOptions } from './process-protocol.js';

const PROGRAM = fileURLToPath(new URL('process.ts', import.meta.url));

/** One process of a history, as its parent, which is the source, sees it. */
export class HistoryProcess {
  readonly ready: Promise<void>;
  readonly ask: Peer<HistoryCalls>['ask'];
  readonly #child: ChildProcess;
  readonly #exited: Promise<number | string>;
  #errors = '';

  constructor(options: HistoryProcessOptions, clockShift: number, source: SlowSource) {
    this.#child = fork(bundled(PROGRAM), [JSON.stringify(options)], {
      execArgv: ['--enable-source-maps'],
      env: { ...process.env, FRESHKEEP_SPEC_CLOCK_SHIFT: String(clockShift) },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.#child.stderr?.on('data', (text: Buffer) => (this.#errors += text.toString()));
    let peer!: Peer<HistoryCalls>;
    this.ready = new Promise((resolve) => {
      const write = (key: string) => {
        source.write(key);
        return source.valueOf(key);
      };
      peer = new Peer<HistoryCalls>(this.#child, { ready: resolve, load: source.load, write });
    });
    this.ask = peer.ask.bind(peer);
    this.#exited = this.#awaitExit(peer);
  }

  /** How it ended by itself; an unhandled rejection would have ended it with 1. */
  async finish(): Promise<number | string> {
    await this.ask('finish');
    const ending = await Promise.race([this.#exited, pause(8_000, 'not at all')]);
    if (ending !== 0) this.#child.kill('SIGKILL');
    return ending === 0 ? 0 : `${ending}: ${this.#errors}`;
  }

  async #awaitExit(peer: Peer<HistoryCalls>): Promise<number | string> {
    const [code, signal] = (await once(this.#child, 'exit')) as [number | null, NodeJS.Signals];
    peer.end(new Error(`A process of the history ended with ${code ?? signal}\n${this.#errors}`));
    return code ?? signal;
  }
}
