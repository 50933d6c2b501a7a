import type { RaceId } from './race-steps.js';

/** What a call that begins now must not be answered. */
export interface Floor {
  readonly least: number;
  readonly void: ReadonlySet<number>;
}

/**
 * The model of programs whose steps overlap. There a call may have several right answers; so it tells which are wrong: versions
 * of a row from before an invalidation that was applied when the call began, and those that were rolled back by then.
 */
export class RaceLedger {
  readonly wrong: string[] = [];
  readonly #least = new Map<RaceId, number>();
  readonly #refreshed = new Map<RaceId, Set<number>>();
  readonly #void = new Set<number>();

  floorOf(id: RaceId): Floor {
    return { least: this.#least.get(id) ?? 0, void: new Set(this.#void) };
  }

  /** A write of this version was told, and that is applied. */
  applied(id: RaceId, version: number): void {
    this.#least.set(id, Math.max(this.#least.get(id) ?? 0, version));
  }

  /** A call that wanted a new value got this version: an older one must not stay. */
  refreshed(id: RaceId, version: number): void {
    this.#refreshed.set(id, (this.#refreshed.get(id) ?? new Set()).add(version));
  }

  rolledBack(versions: Iterable<number>): void {
    for (const version of versions) this.#void.add(version);
  }

  check(what: string, id: RaceId, version: number, floor: Floor): void {
    if (version < floor.least) this.wrong.push(`${what} of ${id} got version ${version}, not ${floor.least} at least`);
    if (floor.void.has(version)) this.wrong.push(`${what} of ${id} got version ${version}, which was rolled back`);
  }

  /** What is kept once all is over. Who joined a load of a transaction, before that told of its write, may have got what was rolled back. */
  checkLeft(id: RaceId, version: number): void {
    const { least, void: rolledBack } = this.floorOf(id);
    const refreshed = [...(this.#refreshed.get(id) ?? [])].filter((each) => !rolledBack.has(each));
    this.check('what is left', id, version, { least: Math.max(least, ...refreshed), void: rolledBack });
  }
}
