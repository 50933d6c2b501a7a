import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';

import { Schedule } from './schedule.js';

export interface Offer {
  readonly perSecond: number;
  /** For how long. */
  readonly milliseconds: number;
}

/** A timer may be late by so much: what is left is waited for turn by turn. */
const TIMER_ERROR = 2;

/**
 * Makes calls at a fixed rate, whether or not those before were answered, as users do. Each is counted from the time at which
 * it was to be made: who holds up the process, or the queue, pays for it with all calls that came meanwhile.
 *
 * @param call is told the index of the call, from 0
 * @returns how long each took, in milliseconds
 */
export async function offerCalls(offer: Offer, call: (index: number) => Promise<unknown>): Promise<Float64Array> {
  const schedule = new Schedule(offer);
  const latencies = new Float64Array(schedule.calls);
  const startedAt = performance.now();
  const elapsed = () => performance.now() - startedAt;
  const answered: Promise<void>[] = [];
  const make = async (index: number) => {
    await call(index);
    latencies[index] = elapsed() - schedule.startOf(index);
  };
  while (answered.length < schedule.calls) {
    const due = schedule.dueBy(elapsed());
    while (answered.length < due) answered.push(make(answered.length));
    await until(schedule.startOf(answered.length) - elapsed());
  }
  await Promise.all(answered);
  return latencies;
}

async function until(milliseconds: number): Promise<void> {
  await (milliseconds > TIMER_ERROR ? pause(milliseconds - TIMER_ERROR) : nextTurn());
}
