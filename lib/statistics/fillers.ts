/** Who fills entries, and with which lifetimes, in milliseconds. */
export interface Filler {
  readonly name: string;
  /** The same for the same code, and for a copy of it. */
  readonly code: string;
  /** As {@link FilledBy} has it; {@link RECKONED}: any. */
  declared: string | undefined;
  fills: number;
  shortestTtl: number;
  longestTtl: number;
  staleWhileRevalidate: number;
  tagged: boolean;
  /** Does the ttl depend on the value, or on more than tells this filler from others? */
  ttlVaries: boolean;
  /** Methods of the same class that seem to write, and declare nothing. */
  readonly silentWriters: readonly string[];
}

/** The code that fills. */
export interface FilledBy {
  /** What people call it. */
  readonly name: string;
  /** Tells it from other code of that name. */
  readonly code: string;
  /** The lifetimes that are declared with it, for all calls; `undefined` where each call may come with others. */
  readonly declared: string | undefined;
  /** Is the ttl a function of the value? */
  readonly ttlVaries: boolean;
  readonly silentWriters: readonly string[];
}

/** How long an entry is kept. */
export interface FilledFor {
  readonly ttl: number;
  readonly staleWhileRevalidate: number;
}

/** So many fillers are told apart: each is a method in the code of a user. */
const MOST_FILLERS = 8;
/** Of code that declares ever more lifetimes. */
const RECKONED = 'reckoned';
/** The same code with more lifetimes than these is no copy: they are reckoned, for each tenant say. */
const MOST_DECLARED = 2;

/** Those who fill entries of one pattern: few, in a list, for there are many patterns. */
export class Fillers {
  /** In the order in which they came. */
  readonly all: Filler[] = [];
  /** Most patterns have one: it need not be looked for. */
  #last: FilledBy | undefined;
  #lastFiller: Filler | undefined;

  add(by: FilledBy, { ttl, staleWhileRevalidate }: FilledFor, tagged: boolean): void {
    if (by !== this.#last) {
      this.#lastFiller = this.#fillerOf(by);
      this.#last = by;
    }
    const filler = this.#lastFiller;
    if (filler === undefined) return;
    filler.fills += 1;
    widen(filler, ttl, ttl, staleWhileRevalidate, tagged);
  }

  #fillerOf(by: FilledBy): Filler | undefined {
    const known = this.all.find(
      ({ code, declared }) => code === by.code && (declared === RECKONED || declared === by.declared),
    );
    if (known !== undefined) return known;
    const siblings = this.all.filter(({ code }) => code === by.code);
    if (siblings.length >= MOST_DECLARED) return this.#merge(siblings);
    return this.all.length < MOST_FILLERS ? this.#append(by) : undefined;
  }

  #append({ name, code, declared, ttlVaries, silentWriters }: FilledBy): Filler {
    const times = { shortestTtl: Infinity, longestTtl: 0, staleWhileRevalidate: 0 };
    const filler = { name, code, declared, fills: 0, ...times, tagged: false, ttlVaries, silentWriters };
    this.all.push(filler);
    return filler;
  }

  #merge([first, ...others]: readonly Filler[]): Filler | undefined {
    if (first === undefined) return undefined;
    for (const other of others) {
      this.all.splice(this.all.indexOf(other), 1);
      first.fills += other.fills;
      widen(first, other.shortestTtl, other.longestTtl, other.staleWhileRevalidate, other.tagged);
    }
    first.declared = RECKONED;
    first.ttlVaries = true;
    return first;
  }
}

/** Of plain numbers, without an object: at each fill. */
function widen(filler: Filler, shortest: number, longest: number, staleWhileRevalidate: number, tagged: boolean): void {
  filler.shortestTtl = Math.min(filler.shortestTtl, shortest);
  filler.longestTtl = Math.max(filler.longestTtl, longest);
  filler.staleWhileRevalidate = Math.max(filler.staleWhileRevalidate, staleWhileRevalidate);
  filler.tagged ||= tagged;
}
