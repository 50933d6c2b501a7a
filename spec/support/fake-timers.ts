import sinon, { type SinonFakeTimers } from 'sinon';

/**
 * Fake timers, but for `process.nextTick` and microtasks: a socket or a warning that another spec has left would be among what
 * `countTimers` counts.
 */
export function useFakeTimers(): SinonFakeTimers {
  return sinon.useFakeTimers({ toNotFake: ['nextTick', 'queueMicrotask'] });
}
