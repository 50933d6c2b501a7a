/**
 * The one clock of this process: monotonic milliseconds, unmoved by changes of the wall clock. Read through `globalThis`
 * at each call, so that fake timers that replace `performance.now` (sinon does by default) govern it.
 */
export function now(): number {
  return performance.now();
}
