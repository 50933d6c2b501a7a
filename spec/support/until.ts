import { setTimeout as pause } from 'node:timers/promises';

/** Asks again and again, until it is so. */
export async function until(condition: () => boolean | Promise<boolean>, milliseconds = 5_000): Promise<void> {
  const deadline = Date.now() + milliseconds;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`Expected within ${milliseconds} ms: ${String(condition)}`);
    await pause(20);
  }
}
