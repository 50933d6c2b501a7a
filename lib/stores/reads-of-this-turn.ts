import type { Entry } from '../entry/entry.js';
import { CopiedEntry } from './copied-entry.js';
import type { Expected } from './store.js';

/** Fake timers may replace it, while sockets go on all the same. */
const nextTick = process.nextTick.bind(process);

interface Read {
  readonly expected: Expected | undefined;
  readonly entry: Promise<Entry | undefined>;
}

/**
 * Reads that began in this turn of the event loop: calls that expect the same of one key share one, and all that follows from it.
 * None is joined later: whoever calls then may have learnt of an invalidation that was applied meanwhile. What is in this process
 * may even be invalidated within the turn.
 */
export class ReadsOfThisTurn {
  readonly #reads = new Map<string, Read>();

  share(
    key: string,
    expected: Expected | undefined,
    begin: () => Promise<Entry | undefined>,
  ): Promise<Entry | undefined> {
    const read = this.#reads.get(key);
    if (read !== undefined && read.expected === expected) return read.entry.then(copied);
    const entry = begin();
    if (this.#reads.size === 0) nextTick(this.forget);
    this.#reads.set(key, { expected, entry });
    return entry;
  }

  /** What is under way is joined by no later call: something was invalidated. */
  readonly forget = (): void => {
    this.#reads.clear();
  };
}

function copied(entry: Entry | undefined): Entry | undefined {
  return entry && new CopiedEntry(entry);
}
