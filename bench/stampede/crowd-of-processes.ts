import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { Child } from '../child.js';
import type { Ground } from '../ground.js';
import { percentile } from '../statistics.js';
import type { CrowdOptions, Order, Reply } from './order.js';

/** What a burst has cost. */
export interface Burst {
  /** In all processes. */
  readonly loads: number;
  readonly p99Milliseconds: number;
  readonly maxMilliseconds: number;
}

/** Until an order has reached all processes. */
const NOTICE = 200;
/** After the last answer: a refresh in the background may still begin. */
const AFTERMATH = 600;

/** Processes that do the same at one instant; all times are in milliseconds. */
export class CrowdOfProcesses {
  readonly #children: readonly Child<Order, Reply>[];

  static async start(processes: number, options: CrowdOptions, ground: Ground): Promise<CrowdOfProcesses> {
    const start = () =>
      Child.start<Order, Reply>({
        file: join(import.meta.dirname, 'crowd.ts'),
        argument: options,
        environment: ground.environment,
      });
    return new CrowdOfProcesses(await Promise.all(Array.from({ length: processes }, start)));
  }

  private constructor(children: readonly Child<Order, Reply>[]) {
    this.#children = children;
  }

  /** One call in each process, one after the other: the first loads, and all have seen the entry. */
  async warm(id: number): Promise<void> {
    for (const child of this.#children) await child.ask({ kind: 'warm', id });
  }

  async burst(id: number): Promise<Burst> {
    const before = await this.#loadsOf(id);
    const replies = await this.#ask({ kind: 'burst', id, at: Date.now() + NOTICE });
    await pause(AFTERMATH);
    const latencies = Float64Array.from(replies.flatMap((reply) => reply.latencies));
    return {
      loads: (await this.#loadsOf(id)) - before,
      p99Milliseconds: percentile(latencies, 0.99),
      maxMilliseconds: percentile(latencies, 1),
    };
  }

  async close(): Promise<void> {
    await Promise.all(this.#children.map((child) => child.close()));
  }

  async #loadsOf(id: number): Promise<number> {
    const replies = await this.#ask({ kind: 'count', id });
    return replies.reduce((total, { loads }) => total + loads, 0);
  }

  #ask(order: Order): Promise<Reply[]> {
    return Promise.all(this.#children.map((child) => child.ask(order)));
  }
}
