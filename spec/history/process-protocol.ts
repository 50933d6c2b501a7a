import type { Connection } from './backing.js';
import type { ProcessHistory } from './history.js';

/** A mechanism that is taken out, to see that the checker misses it. */
export type PlantedBug = 'ticket check off' | 'bus gap ignored' | 'queue dropped';

export interface HistoryProcessOptions {
  readonly connection: Connection;
  readonly prefix: string;
  /** In milliseconds. */
  readonly heartbeat: number;
  readonly maxSilence: number;
  readonly bug?: PlantedBug;
}

export interface RoundOptions {
  readonly keys: readonly string[];
  readonly readers: number;
  readonly writers: number;
}

/** What was seen of a round by one process. */
export interface RoundReport extends ProcessHistory {
  readonly loads: number;
  readonly slowest: number;
  readonly events: Readonly<Record<string, number>>;
}

/** What a process does when it is asked. */
export interface HistoryCalls {
  /** Until its first tier is trusted. */
  trusted(): Promise<void>;
  /** Until it is told to stop. */
  play(options: RoundOptions): Promise<void>;
  stop(): void;
  /** Waits until nothing is queued, and tells what happened since the last report. */
  report(): Promise<RoundReport>;
  /** The versions of these keys, as calls get them. */
  readAll(keys: readonly string[]): Promise<unknown[]>;
  /** Holds the event loop up. */
  block(milliseconds: number): void;
  finish(): void;
}

/** What the parent, as the source, answers. */
export interface VersionSourceCalls {
  ready(): void;
  load(key: string): Promise<number>;
  write(key: string): number;
}
