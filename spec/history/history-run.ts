import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { FaultProxy } from '../support/fault-proxy.js';
import { Peer } from '../support/peer.js';
import { startRedis, type RedisServer } from '../support/redis-server.js';
import { SlowSource } from '../support/slow-source.js';
import { PREFIX, suffer, type Fault, type Stage } from './faults.js';
import { findViolations, type Silence, type Violation } from './history.js';
import type { HistoryCalls, HistoryProcessOptions, PlantedBug, RoundReport } from './process-protocol.js';

const PROGRAM = fileURLToPath(new URL('process.ts', import.meta.url));

/** In milliseconds. Shorter than the defaults, so that a short run tells as much. */
export const TERMS = { heartbeat: 500, maxSilence: 1_500 };

/** For a timer that is late, a load that is under way, and the clock's reading before and after a call. */
const SLACK = 150;
const BOUNDS = { normally: TERMS.heartbeat + SLACK, cutOff: TERMS.maxSilence + SLACK };

/** By how many milliseconds the wall clocks of the processes are wrong. */
const CLOCK_SHIFTS = [0, 3_600_000, -3_600_000];

/** How long after a silence a process may not have noticed yet that it is over. */
const AFTER_SILENCE = 500;

export interface RunOptions {
  readonly processes: number;
  readonly keys: number;
  readonly readers: number;
  readonly writers: number;
  readonly bug?: PlantedBug;
}

export interface RoundOutcome {
  readonly violations: readonly Violation[];
  /** Keys that some process, asked when all was quiet, gave in an old version. */
  readonly wrongAtTheEnd: readonly string[];
  readonly reports: readonly RoundReport[];
  readonly faults: readonly string[];
}

/** Several processes, each with a first tier, over one Redis, each by a line of its own on which things can go wrong. */
export class HistoryRun {
  readonly #options: RunOptions;
  readonly #source = new SlowSource();
  #server!: RedisServer;
  #lines: FaultProxy[] = [];
  #processes: HistoryProcess[] = [];
  #rounds = 0;

  static async start(options: RunOptions): Promise<HistoryRun> {
    const run = new HistoryRun(options);
    await run.#start();
    return run;
  }

  private constructor(options: RunOptions) {
    this.#options = options;
  }

  async #start(): Promise<void> {
    this.#server = await startRedis();
    this.#lines = Array.from({ length: this.#options.processes }, () => new FaultProxy(this.#server.port));
    await Promise.all(this.#lines.map((line) => line.start()));
    this.#processes = this.#lines.map(({ port }, index) => {
      const { bug } = this.#options;
      const options = { port, prefix: PREFIX, ...TERMS, ...(bug === undefined ? {} : { bug }) };
      return new HistoryProcess(options, CLOCK_SHIFTS[index % CLOCK_SHIFTS.length] ?? 0, this.#source);
    });
    await Promise.all(this.#processes.map((process) => process.ready));
    await Promise.all(this.#processes.map((process) => process.ask('trusted')));
  }

  /** Plays while these faults happen, one after the other, and checks what was seen. */
  async playRound(faults: readonly Fault[], milliseconds: number, random: () => number): Promise<RoundOutcome> {
    this.#rounds += 1;
    const { readers, writers } = this.#options;
    const keys = Array.from({ length: this.#options.keys }, (_, index) => `${this.#rounds}:${index}`);
    const playing = this.#processes.map((process) => process.ask('play', { keys, milliseconds, readers, writers }));
    const silences = await this.#sufferAll(faults, milliseconds, random);
    await Promise.all(playing);
    const reports = await Promise.all(this.#processes.map((process) => process.ask('report')));
    return {
      violations: findViolations(reports, silences, BOUNDS),
      wrongAtTheEnd: await this.#wrongAtTheEnd(keys),
      reports,
      faults: faults.map(({ name }) => name),
    };
  }

  async stop(): Promise<readonly (number | string)[]> {
    const endings = await Promise.all(this.#processes.map((process) => process.finish()));
    await Promise.all(this.#lines.map((line) => line.stop()));
    await this.#server.stop();
    return endings;
  }

  async #sufferAll(faults: readonly Fault[], milliseconds: number, random: () => number): Promise<Silence[]> {
    const stage: Stage = {
      server: this.#server,
      lines: this.#lines,
      block: (process, howLong) => void this.#processes[process]?.ask('block', howLong),
    };
    const silences: Silence[] = [];
    const each = milliseconds / faults.length;
    for (const fault of faults) {
      await pause(each * 0.2);
      const victim = Math.floor(random() * this.#processes.length);
      const from = instant();
      await suffer(fault, stage, victim, each * (0.5 + random() * 0.2));
      const suffering = fault.silent === 'all processes' ? [...this.#processes.keys()] : [victim];
      if (fault.silent === 'no') continue;
      silences.push(...suffering.map((process) => ({ process, from, to: instant() + AFTER_SILENCE })));
    }
    return silences;
  }

  /** Once messages that were lost have been missed. */
  async #wrongAtTheEnd(keys: readonly string[]): Promise<string[]> {
    await this.#source.quiet();
    await Promise.all(this.#lines.map((line) => line.mend()));
    await Promise.all(this.#processes.map((process) => process.ask('trusted')));
    await pause(BOUNDS.normally);
    const found = await Promise.all(this.#processes.map((process) => process.ask('readAll', keys)));
    return keys.filter((key, index) => found.some((versions) => versions[index] !== this.#source.valueOf(key)));
  }
}

class HistoryProcess {
  readonly ready: Promise<void>;
  readonly ask: Peer<HistoryCalls>['ask'];
  readonly #child: ChildProcess;
  readonly #exited: Promise<number | string>;
  #errors = '';

  constructor(options: HistoryProcessOptions, clockShift: number, source: SlowSource) {
    this.#child = fork(PROGRAM, [JSON.stringify(options)], {
      execArgv: ['--import', 'tsx'],
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

function instant(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
