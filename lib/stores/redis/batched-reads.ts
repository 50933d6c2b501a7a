import type { StaleWindow } from '../store.js';

/** The payload of an entry, and the marker that is there while it is fresh; `undefined` where it was not asked for. */
export interface Reply<P> {
  readonly payload: P | null;
  readonly marker: P | null | undefined;
}

export interface BatchedReadsOptions<P> {
  /** The Redis keys of a cache key. */
  readonly entry: (key: string) => string;
  readonly marker: (key: string) => string;
  /** Asks for the values of Redis keys, in one command, and calls one of the other two, once. */
  readonly ask: (
    names: string[],
    answer: (values: readonly (P | null)[]) => void,
    fail: (error: unknown) => void,
  ) => void;
  /** The most cache keys that one command may ask for: one, where two keys may be on two servers. */
  readonly largest: number;
}

/** Fake timers may replace it, while sockets go on all the same. */
const nextTick = process.nextTick.bind(process);

/** Who wants a reply. Where `answer` throws, `fail` is called too. */
export interface Caller<P> {
  readonly answer: (reply: Reply<P>) => void;
  readonly fail: (error: unknown) => void;
}

/** A read that is about to be sent, and who wants its reply. */
class PlannedRead<P> {
  readonly key: string;
  withMarker: boolean;
  readonly callers: Caller<P>[];

  constructor(key: string, withMarker: boolean, caller: Caller<P>) {
    this.key = key;
    this.withMarker = withMarker;
    this.callers = [caller];
  }
}

/**
 * Gathers the reads of one turn of the event loop: they travel in one command, and those for one key are one. Where reads
 * come one by one, each goes at once, until a second one meets it under way.
 *
 * A read that was sent is joined by nobody: whoever calls later may have learnt of an invalidation that Redis applied after
 * that, and must see it.
 */
export class BatchedReads<P> {
  readonly #options: BatchedReadsOptions<P>;
  #planned: PlannedRead<P>[] = [];
  /** The same by key; made only for the second of a turn, for calls often come one by one. */
  #byKey: Map<string, PlannedRead<P>> | undefined;
  /** Commands that are not answered yet. */
  #underWay = 0;
  /** Did the last read have no other beside it? Then the next one is not expected to have one. */
  #oneByOne = true;

  constructor(options: BatchedReadsOptions<P>) {
    this.#options = options;
  }

  read(key: string, expected: StaleWindow, caller: Caller<P>): void {
    const withMarker = expected === 'with stale window';
    const planned = this.#find(key);
    if (planned !== undefined) {
      planned.callers.push(caller);
      planned.withMarker ||= withMarker;
      return;
    }
    const read = new PlannedRead(key, withMarker, caller);
    if (this.#oneByOne && this.#underWay === 0) this.#sendTogether([read]);
    else this.#plan(read);
  }

  #plan(read: PlannedRead<P>): void {
    if (this.#planned.length === 0) nextTick(this.#send);
    this.#planned.push(read);
    this.#byKey?.set(read.key, read);
  }

  #find(key: string): PlannedRead<P> | undefined {
    if (this.#planned.length === 0) return undefined;
    this.#byKey ??= new Map(this.#planned.map((read) => [read.key, read]));
    return this.#byKey.get(key);
  }

  readonly #send = (): void => {
    const reads = this.#planned;
    this.#planned = [];
    this.#byKey = undefined;
    this.#oneByOne = reads.length === 1 && this.#underWay === 0;
    const { largest } = this.#options;
    for (let from = 0; from < reads.length; from += largest) this.#sendTogether(reads.slice(from, from + largest));
  };

  #sendTogether(reads: readonly PlannedRead<P>[]): void {
    this.#underWay += 1;
    this.#options.ask(
      this.#namesOf(reads),
      (values) => {
        this.#underWay -= 1;
        try {
          handOut(reads, values);
        } catch (error) {
          failAll(reads, error);
        }
      },
      (error) => {
        this.#underWay -= 1;
        failAll(reads, error);
      },
    );
  }

  #namesOf(reads: readonly PlannedRead<P>[]): string[] {
    const { entry, marker } = this.#options;
    const names: string[] = [];
    for (const { key, withMarker } of reads) {
      names.push(entry(key));
      if (withMarker) names.push(marker(key));
    }
    return names;
  }
}

function handOut<P>(reads: readonly PlannedRead<P>[], values: readonly (P | null)[]): void {
  let next = 0;
  for (const { withMarker, callers } of reads) {
    const payload = values[next++] ?? null;
    const marker = withMarker ? (values[next++] ?? null) : undefined;
    for (const { answer, fail } of callers) {
      try {
        answer({ payload, marker });
      } catch (error) {
        fail(error);
      }
    }
  }
}

function failAll<P>(reads: readonly PlannedRead<P>[], error: unknown): void {
  for (const { callers } of reads) for (const { fail } of callers) fail(error);
}
