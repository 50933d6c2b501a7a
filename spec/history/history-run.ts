import { setTimeout as pause } from 'node:timers/promises';

import { SlowSource } from '../support/slow-source.js';
import type { Backing, BackingKind } from './backing.js';
import type { Fault, Stage } from './fault.js';
import {
  findViolations,
  isPerhapsLost,
  lastOf,
  type Instant,
  type Loss,
  type Silence,
  type Violation,
} from './history.js';
import { HistoryProcess } from './history-process.js';
import { instant } from './instant.js';
import { PREFIX } from './keys.js';
import type { PlantedBug, RoundReport } from './process-protocol.js';

/** In milliseconds. Shorter than the defaults, so that a short run tells as much. */
export const TERMS = { heartbeat: 500, maxSilence: 1_500 };

/** For a timer that is late, a load that is under way, and the clock's reading before and after a call. */
const SLACK = 150;
const BOUNDS = { normally: TERMS.heartbeat + SLACK, cutOff: TERMS.maxSilence + SLACK };

/** By how many milliseconds the wall clocks of the processes are wrong. */
const CLOCK_SHIFTS = [0, 3_600_000, -3_600_000];

/** How long after a silence a process may not have noticed yet that it is over. */
const AFTER_SILENCE = 500;

export interface PlayOptions {
  readonly keys: number;
  readonly readers: number;
  readonly writers: number;
  readonly bug?: PlantedBug;
}

export interface RunOptions extends PlayOptions {
  readonly processes: number;
}

/** What happened, and when. */
export interface Suffered {
  readonly name: string;
  readonly from: Instant;
  readonly to: Instant;
}

export interface RoundOutcome {
  readonly violations: readonly Violation[];
  /** Keys that some process, asked when all was quiet, gave in an old version. */
  readonly wrongAtTheEnd: readonly string[];
  readonly reports: readonly RoundReport[];
  /** Writes that were excused, as Redis may have lost them. */
  readonly excused: number;
  readonly faults: readonly Suffered[];
  readonly startedAt: Instant;
}

/** Several processes, each with a first tier, over one Redis of any kind, each by a line of its own on which things can go wrong. */
export class HistoryRun<B extends Backing> {
  readonly #options: PlayOptions;
  readonly #backing: B;
  readonly #stopBacking: () => Promise<void>;
  readonly #source = new SlowSource();
  #processes: HistoryProcess[] = [];
  #rounds = 0;

  static async start<B extends Backing>(options: RunOptions, kind: BackingKind<B>): Promise<HistoryRun<B>> {
    const backing = await kind.start(options.processes);
    return HistoryRun.#over(options, backing, () => backing.stop());
  }

  /** For several runs, one after the other, over servers that outlive them. */
  static over<B extends Backing>(options: PlayOptions, backing: B): Promise<HistoryRun<B>> {
    return HistoryRun.#over(options, backing, () => Promise.resolve());
  }

  static async #over<B extends Backing>(
    options: PlayOptions,
    backing: B,
    stopBacking: () => Promise<void>,
  ): Promise<HistoryRun<B>> {
    const run = new HistoryRun(options, backing, stopBacking);
    await run.#start();
    return run;
  }

  private constructor(options: PlayOptions, backing: B, stopBacking: () => Promise<void>) {
    this.#options = options;
    this.#backing = backing;
    this.#stopBacking = stopBacking;
  }

  async #start(): Promise<void> {
    this.#processes = this.#backing.lines.map((_, index) => {
      const { bug } = this.#options;
      const connection = this.#backing.connection(index);
      const options = { connection, prefix: PREFIX, ...TERMS, ...(bug === undefined ? {} : { bug }) };
      return new HistoryProcess(options, CLOCK_SHIFTS[index % CLOCK_SHIFTS.length] ?? 0, this.#source);
    });
    await Promise.all(this.#processes.map((process) => process.ready));
    await Promise.all(this.#processes.map((process) => process.ask('trusted')));
  }

  /** Plays while these faults happen, one after the other, for so long or as long as they take; checks what was seen. */
  async playRound(faults: readonly Fault<B>[], milliseconds: number, random: () => number): Promise<RoundOutcome> {
    this.#rounds += 1;
    const { readers, writers } = this.#options;
    const keys = Array.from({ length: this.#options.keys }, (_, index) => `${this.#rounds}:${index}`);
    const playing = this.#processes.map((process) => process.ask('play', { keys, readers, writers }));
    const startedAt = instant();
    const { silences, losses, suffered } = await this.#sufferAll(faults, keys, milliseconds, random);
    await Promise.all(this.#processes.map((process) => process.ask('stop')));
    await Promise.all(playing);
    const reports = await Promise.all(this.#processes.map((process) => process.ask('report')));
    const writes = reports.flatMap((report) => report.writes);
    return {
      violations: findViolations(reports, { silences, losses, bounds: BOUNDS }),
      wrongAtTheEnd: await this.#wrongAtTheEnd(keys, reports, losses),
      reports,
      excused: writes.filter((write) => isPerhapsLost(write, losses)).length,
      faults: suffered,
      startedAt,
    };
  }

  async stop(): Promise<readonly (number | string)[]> {
    const endings = await Promise.all(this.#processes.map((process) => process.finish()));
    await this.#stopBacking();
    return endings;
  }

  async #sufferAll(
    faults: readonly Fault<B>[],
    keys: readonly string[],
    milliseconds: number,
    random: () => number,
  ): Promise<{ silences: Silence[]; losses: Loss[]; suffered: Suffered[] }> {
    const silences: Silence[] = [];
    const losses: Loss[] = [];
    const suffered: Suffered[] = [];
    const stage: Stage<B> = {
      backing: this.#backing,
      keys,
      block: (process, howLong) => void this.#processes[process]?.ask('block', howLong),
      mayLose: (loss) => losses.push(loss),
    };
    const each = milliseconds / faults.length;
    for (const fault of faults) {
      await pause(each * 0.2);
      const victim = Math.floor(random() * this.#processes.length);
      const from = instant();
      await fault.happen(stage, victim, each * (0.5 + random() * 0.2));
      suffered.push({ name: fault.name, from, to: instant() });
      const suffering = fault.silent === 'all processes' ? [...this.#processes.keys()] : [victim];
      if (fault.silent === 'no') continue;
      silences.push(...suffering.map((process) => ({ process, from, to: instant() + AFTER_SILENCE })));
    }
    await pause(each * 0.1);
    return { silences, losses, suffered };
  }

  /** Once messages that were lost have been missed. */
  async #wrongAtTheEnd(
    keys: readonly string[],
    reports: readonly RoundReport[],
    losses: readonly Loss[],
  ): Promise<string[]> {
    await this.#source.quiet();
    await Promise.all(this.#backing.lines.map((line) => line.mend()));
    await Promise.all(this.#processes.map((process) => process.ask('trusted')));
    await pause(BOUNDS.normally);
    const found = await Promise.all(this.#processes.map((process) => process.ask('readAll', keys)));
    return keys.filter((key, index) => {
      const last = lastOf(key, reports, losses);
      return found.some((versions) => Number(versions[index]) < last);
    });
  }
}
