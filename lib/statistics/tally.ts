import { ChangeRecord, type Observations } from './change-record.js';
import { DistinctCount } from './distinct-count.js';
import { DurationHistogram } from './duration-histogram.js';
import { Fillers, type FilledBy, type FilledFor } from './fillers.js';
import { everyKey, type Sampled } from './key-sample.js';
import { LifeRecord } from './life-record.js';
import { noMisses, type TriedMisses } from './ttl-trial.js';

/** What is counted exactly, one by one. `docs/statistics.md` tells what each means. */
export interface Counts {
  localHits: number;
  sharedHits: number;
  staleHits: number;
  staleIfErrorHits: number;
  misses: number;
  coalesced: number;
  waits: number;
  bypassed: number;
  refreshes: number;
  failedLoads: number;
  fills: number;
  refusedFills: number;
  unwantedFills: number;
  unsupportedFills: number;
  ticketlessFills: number;
  failedOptions: number;
  invalidations: number;
  directReads: number;
  directWrites: number;
  updates: number;
  endedLeases: number;
  /** Calls that were given an expired value without a load, as the last one had failed. */
  spared: number;
}

/** What is estimated from the keys in the sample: each stands for the others. */
export interface Estimates {
  /** Fills of which it is known whether somebody has read them. */
  ended: number;
  /** Those of them that nobody has read. */
  unread: number;
  evictions: number;
  /** Calls that waited for the load of a key whose entry had come to the end of its ttl. */
  waitedAtExpiry: number;
}

/** The sizes of so many fills are looked at, and of one in so many after them: to weigh a value takes a walk through it. */
const WEIGHED_AT_FIRST = 8;
const WEIGHED_LATER = 64;

/** All that is known of the keys of one pattern. A class of plain numbers: a hit adds one to one of them. */
export class Tally implements Counts, Estimates, Sampled {
  readonly pattern: string;
  localHits = 0;
  sharedHits = 0;
  staleHits = 0;
  staleIfErrorHits = 0;
  misses = 0;
  coalesced = 0;
  waits = 0;
  bypassed = 0;
  refreshes = 0;
  failedLoads = 0;
  fills = 0;
  refusedFills = 0;
  unwantedFills = 0;
  unsupportedFills = 0;
  ticketlessFills = 0;
  failedOptions = 0;
  invalidations = 0;
  directReads = 0;
  directWrites = 0;
  updates = 0;
  endedLeases = 0;
  spared = 0;
  ended = 0;
  unread = 0;
  evictions = 0;
  waitedAtExpiry = 0;
  /** Has one of its entries had tags? */
  isTagged = false;
  threshold = everyKey().threshold;
  sampled = 0;
  /** When the first key of the sample was called, and calls of its keys that are not looked at any more, scaled up. */
  sampledSince = NaN;
  sampledCalls = 0;
  /** Loads that calls of sampled keys have begun, calls that joined those, and how many would have, had they come at random. */
  begun = 0;
  joined = 0;
  expectedToJoin = 0;
  /** Entries that other processes are seen to have invalidated, and for how long entries were seen to be there, in milliseconds. */
  vanished = 0;
  seenFor = 0;
  /** Fills whose sizes are known, and the sum of those. */
  weighed = 0;
  bytes = 0;
  readonly loads = new DurationHistogram();
  readonly keys = new DistinctCount();
  readonly fillers = new Fillers();
  #triedMisses: TriedMisses | undefined;
  #changes: ChangeRecord | undefined;
  #lives: LifeRecord | undefined;

  constructor(pattern: string) {
    this.pattern = pattern;
  }

  /** Made when they are needed: a pattern that is never called is none the larger for them. */
  get triedMisses(): TriedMisses {
    return (this.#triedMisses ??= noMisses());
  }

  get changes(): ChangeRecord {
    return (this.#changes ??= new ChangeRecord());
  }

  get lives(): LifeRecord {
    return (this.#lives ??= new LifeRecord());
  }

  get calls(): number {
    return this.localHits + this.sharedHits + this.staleHits + this.spared + this.misses;
  }

  /** What loads of sampled keys found that were loaded before. */
  get observations(): readonly Observations[] {
    return this.#changes?.observations ?? [];
  }

  /** Is the next fill to be weighed? */
  get weighsNext(): boolean {
    return this.fills < WEIGHED_AT_FIRST || this.fills % WEIGHED_LATER === 0;
  }

  weigh(bytes: number): void {
    this.weighed += 1;
    this.bytes += bytes;
  }

  filledBy(by: FilledBy, lifetime: FilledFor, tagged: boolean): void {
    this.fills += 1;
    this.isTagged ||= tagged;
    this.fillers.add(by, lifetime, tagged);
  }
}
