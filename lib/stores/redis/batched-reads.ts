/** A read of the entry of a cache key. */
export interface WantedRead {
  readonly key: string;
  /** Is its marker asked for as well? */
  readonly withMarker: boolean;
  /** The tags whose versions are asked for as well. */
  readonly tags: readonly string[];
  /** Is it certain that others follow in this turn? */
  readonly together?: boolean | undefined;
}

export interface BatchedReadsOptions<R> {
  /** Sends reads in one command, and calls one of the other two, once: `answer` with a reply for each. */
  readonly ask: (
    reads: readonly WantedRead[],
    answer: (replies: readonly R[]) => void,
    fail: (error: unknown) => void,
  ) => void;
  /** The most reads that one command may hold: one, where two keys may be on two servers. */
  readonly largest: number;
}

/** A command costs about as much as ten reads within one: half of a few reads is not worth one of its own. */
const SMALLEST_HALF = 16;

/** Fake timers may replace it, while sockets go on all the same. */
const nextTick = process.nextTick.bind(process);

/** Do others get the same reply? */
export type AskedBy = 'one' | 'several';

/** Who wants a reply, alone or with others. Where `answer` throws, `fail` is called too. */
export interface Caller<R> {
  readonly answer: (reply: R, askedBy: AskedBy) => void;
  readonly fail: (error: unknown) => void;
}

/** A read that is about to be sent, and who wants its reply. */
class PlannedRead<R> implements WantedRead {
  readonly key: string;
  withMarker: boolean;
  tags: readonly string[];
  readonly callers: Caller<R>[];

  constructor({ key, withMarker, tags }: WantedRead, caller: Caller<R>) {
    this.key = key;
    this.withMarker = withMarker;
    this.tags = tags;
    this.callers = [caller];
  }

  join({ withMarker, tags }: WantedRead, caller: Caller<R>): void {
    this.callers.push(caller);
    this.withMarker ||= withMarker;
    if (tags.length > 0) this.tags = [...new Set([...this.tags, ...tags])];
  }
}

/**
 * Gathers the reads of one turn of the event loop: they travel in one command, many of them in two, and those for one key are one. Where reads
 * come one by one, each goes at once, until a second one meets it under way.
 *
 * A read that was sent is joined by nobody: whoever calls later may have learnt of an invalidation that Redis applied after
 * that, and must see it.
 */
export class BatchedReads<R> {
  readonly #options: BatchedReadsOptions<R>;
  #planned: PlannedRead<R>[] = [];
  /** The same by key; made only for the second of a turn, for calls often come one by one. */
  #byKey: Map<string, PlannedRead<R>> | undefined;
  /** Has somebody asked for several of them at once, and so for one command? */
  #inOne = false;
  /** Commands that are not answered yet. */
  #underWay = 0;
  /** Did the last read have no other beside it? Then the next one is not expected to have one. */
  #oneByOne = true;

  constructor(options: BatchedReadsOptions<R>) {
    this.#options = options;
  }

  read(wanted: WantedRead, caller: Caller<R>): void {
    const planned = this.#find(wanted.key);
    if (planned !== undefined) {
      planned.join(wanted, caller);
      return;
    }
    const read = new PlannedRead(wanted, caller);
    if (this.#oneByOne && this.#underWay === 0 && wanted.together !== true) this.#sendTogether([read]);
    else this.#plan(read, wanted.together === true);
  }

  #plan(read: PlannedRead<R>, together: boolean): void {
    this.#inOne ||= together;
    if (this.#planned.length === 0) nextTick(this.#send);
    this.#planned.push(read);
    this.#byKey?.set(read.key, read);
  }

  #find(key: string): PlannedRead<R> | undefined {
    if (this.#planned.length === 0) return undefined;
    this.#byKey ??= new Map(this.#planned.map((read) => [read.key, read]));
    return this.#byKey.get(key);
  }

  readonly #send = (): void => {
    const reads = this.#planned;
    this.#planned = [];
    this.#byKey = undefined;
    this.#oneByOne = reads.length === 1 && this.#underWay === 0;
    const size = Math.min(this.#options.largest, this.#inOne ? reads.length : sizeOfCommands(reads.length));
    this.#inOne = false;
    for (let from = 0; from < reads.length; from += size) this.#sendTogether(reads.slice(from, from + size));
  };

  #sendTogether(reads: readonly PlannedRead<R>[]): void {
    this.#underWay += 1;
    this.#options.ask(
      reads,
      (replies) => {
        this.#underWay -= 1;
        try {
          handOut(reads, replies);
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
}

/** Two halves rather than one whole: the server answers the second while the first is decoded here. */
function sizeOfCommands(reads: number): number {
  return reads < 2 * SMALLEST_HALF ? reads : Math.ceil(reads / 2);
}

function handOut<R>(reads: readonly PlannedRead<R>[], replies: readonly R[]): void {
  let next = 0;
  for (const { callers } of reads) {
    const reply = replies[next++];
    if (reply === undefined) throw new Error(`Expected a reply for each of ${reads.length} reads`);
    const askedBy: AskedBy = callers.length === 1 ? 'one' : 'several';
    for (const { answer, fail } of callers) {
      try {
        answer(reply, askedBy);
      } catch (error) {
        fail(error);
      }
    }
  }
}

function failAll<R>(reads: readonly PlannedRead<R>[], error: unknown): void {
  for (const { callers } of reads) for (const { fail } of callers) fail(error);
}
