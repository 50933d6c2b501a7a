import { join } from 'node:path';

import { Child } from '../child.js';
import { prepareGround, type Ground } from '../ground.js';
import { checkLoads } from '../tasks/task-name.js';
import type { Order, Round, Weight, WorkOptions } from './order.js';
import { callsIn, isSlow, type Setting } from './setting.js';

/** Who plays what, on what terms. */
export interface Entrant {
  readonly setting: Setting;
  readonly work: WorkOptions;
  /** Default: that of this process. */
  readonly environment?: Readonly<Record<string, string>>;
}

type Worker = 'worker' | 'weigher';

/** Calls of the first round, of which nothing is known yet. */
const FIRST_CALLS = 100;
/** In megabytes: room for all that is allocated while it is weighed. */
const YOUNG_GENERATION = ['--min-semi-space-size=512', '--max-semi-space-size=512'];

/** A contender in a process of its own. */
export class Player<Reply extends Round | Weight = Round> {
  readonly #entrant: Entrant;
  readonly #child: Child<Order, Reply>;
  readonly #ground: Ground;
  #calls: number;

  static start(entrant: Entrant): Promise<Player> {
    return Player.#start<Round>(entrant, 'worker', entrant.setting.calls ?? FIRST_CALLS * entrant.setting.concurrency);
  }

  static startWeighing(entrant: Entrant): Promise<Player<Weight>> {
    return Player.#start<Weight>(entrant, 'weigher', entrant.setting.weighedCalls);
  }

  static async #start<R extends Round | Weight>(entrant: Entrant, worker: Worker, calls: number): Promise<Player<R>> {
    const { setting, work, environment = {} } = entrant;
    const ground = await prepareGround(setting.medium);
    const child = await Child.start<Order, R>({
      file: join(import.meta.dirname, `${worker}.ts`),
      argument: work,
      environment: { ...environment, ...ground.environment },
      flags: ['--expose-gc', ...(worker === 'weigher' ? YOUNG_GENERATION : [])],
    });
    return new Player(entrant, child, ground, calls);
  }

  private constructor(entrant: Entrant, child: Child<Order, Reply>, ground: Ground, calls: number) {
    this.#entrant = entrant;
    this.#child = child;
    this.#ground = ground;
    this.#calls = calls;
  }

  /** @throws Error when the source was asked where it should not be, or was not where it should */
  async play(): Promise<Reply> {
    const { setting } = this.#entrant;
    const { concurrency } = setting;
    const reply = await this.#child.ask({ calls: this.#calls, concurrency, eachCall: isSlow(setting) });
    checkLoads(setting.task, this.#calls, reply.loads);
    return reply;
  }

  /** Plays, and learns how many calls fit into a round from now on. */
  async warmUp(): Promise<void> {
    const reply = await this.play();
    if ('nanoseconds' in reply && this.#entrant.setting.calls === undefined) {
      this.#calls = callsIn(reply.nanoseconds, this.#entrant.setting);
    }
  }

  async close(): Promise<void> {
    await this.#child.close();
    await this.#ground.clear();
  }
}
