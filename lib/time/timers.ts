/** May the process end while a timer runs? It may where nobody waits for the outcome. */
export type WhileItRuns = 'keeps the process alive' | 'lets the process end';

/** A timer set for longer fires at once (24.8 days: a signed number of 32 bits). */
const LONGEST_TIMER = 2 ** 31 - 1;

/** `milliseconds`, as far as a timer can be set for. */
export function timerLength(milliseconds: number): number {
  return Math.min(milliseconds, LONGEST_TIMER);
}

export function sleep(milliseconds: number, meanwhile: WhileItRuns): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, timerLength(milliseconds));
    if (meanwhile === 'lets the process end') timer.unref();
  });
}

/** What {@link within} answers when the time is over. */
export const TIMED_OUT: unique symbol = Symbol('timed out');

/**
 * The outcome of `promise`, or {@link TIMED_OUT} once `milliseconds` have passed. The promise itself goes on; a rejection
 * that comes too late is swallowed, so that it cannot become an unhandled one.
 *
 * A timer that fires late because this process' event loop was blocked says nothing about the other side. So when the
 * time is over, pending I/O is let in once more before the verdict.
 */
export function within<T>(
  promise: Promise<T>,
  milliseconds: number,
  meanwhile: WhileItRuns = 'lets the process end',
): Promise<T | typeof TIMED_OUT> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      setImmediate(() => {
        setImmediate(resolve, TIMED_OUT);
      });
    }, timerLength(milliseconds));
    if (meanwhile === 'lets the process end') timer.unref();
    promise
      .finally(() => {
        clearTimeout(timer);
      })
      .then(resolve, reject);
  });
}
