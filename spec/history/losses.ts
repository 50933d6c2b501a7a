import type { Instant, Loss } from './history.js';

/** What was answered that long before a master died may not have reached its replica, in milliseconds. */
const UNREPLICATED = 200;

/** How long the answer of a server may be on its way to the process that notes it. */
const ON_THE_WAY = 100;

/** Of a master that is replaced, by what it answered until `to`, where it was asked from `from` on. */
export function unreplicated(keys: ReadonlySet<string>, from: Instant, to: Instant): Loss {
  return { keys, from: from - UNREPLICATED, to: to + ON_THE_WAY };
}

/** By what a master answers that has come back from a long sleep, before it knows that it was replaced. */
export function answeredInVain(keys: ReadonlySet<string>, from: Instant, to: Instant): Loss {
  return { keys, from, to: to + ON_THE_WAY };
}
