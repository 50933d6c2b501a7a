import { setTimeout as pause } from 'node:timers/promises';

const LONGEST = 30_000;

/** Asks again and again, until it is so; at most so long that only what hangs is given up, on the slowest machine. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + LONGEST;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`Expected within ${LONGEST} ms: ${String(condition)}`);
    await pause(20);
  }
}
