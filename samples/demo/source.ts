import { setTimeout as pause } from 'node:timers/promises';

/** What the source knows of an id; each write makes a new version of it. */
export interface Row {
  readonly id: string;
  readonly version: number;
}

export interface SourceOptions {
  /** How long a load takes once it has a connection, in milliseconds. */
  readonly latency: number;
  /** Loads that run at the same time; others queue. Default 10, as connection pools have it. */
  readonly connections?: number;
}

/** A database, as far as a cache can tell: slow, shared by all, and the only one who knows what is right. */
export class Source {
  /** How often it was asked. */
  loads = 0;
  readonly #versions = new Map<string, number>();
  readonly #latency: number;
  readonly #waiting: (() => void)[] = [];
  #free: number;

  constructor({ latency, connections = 10 }: SourceOptions) {
    this.#latency = latency;
    this.#free = connections;
  }

  versionOf(id: string): number {
    return this.#versions.get(id) ?? 1;
  }

  async load(id: string): Promise<Row> {
    this.loads += 1;
    await this.#connect();
    const row = { id, version: this.versionOf(id) };
    await pause(this.#latency);
    this.#release();
    return row;
  }

  async write(id: string): Promise<void> {
    await this.#connect();
    await pause(this.#latency);
    this.#versions.set(id, this.versionOf(id) + 1);
    this.#release();
  }

  async #connect(): Promise<void> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** A connection goes to the next in the queue, or back to the pool. */
  #release(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free += 1;
    else next();
  }
}
