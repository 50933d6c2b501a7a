/** Instants are milliseconds of the machine's monotonic clock, which all its processes share. */
export type Instant = number;

/** A call that read a key through the cache. */
export interface Read {
  readonly key: string;
  /** The version that it was given. */
  readonly version: number;
  readonly from: Instant;
  readonly to: Instant;
  /** Did the process know that Redis was away? */
  readonly away: boolean;
}

/** A write to the source, with the invalidation that followed it. */
export interface Write {
  readonly key: string;
  readonly version: number;
  /** When the invalidating call had ended: from here on this process must not see anything older. */
  readonly to: Instant;
  /** When the invalidation is known to have been applied, whether at once or when it was replayed. */
  applied: Instant | undefined;
  /** When it was queued, and may have been replayed for the first time. */
  replayed?: Instant;
}

/** What one process did. */
export interface ProcessHistory {
  readonly reads: readonly Read[];
  readonly writes: readonly Write[];
}

/** A time in which nothing answered one process, though no connection to it was closed. */
export interface Silence {
  readonly process: number;
  readonly from: Instant;
  readonly to: Instant;
}

/**
 * Writes that Redis may have acknowledged and lost: those of these keys whose invalidation was answered in this time. A
 * master that is replaced takes with it what it has not replicated.
 */
export interface Loss {
  readonly keys: ReadonlySet<string>;
  readonly from: Instant;
  readonly to: Instant;
}

export interface Bounds {
  /** For how long after an invalidation was applied another process may still serve what was invalidated. */
  readonly normally: number;
  /** The same where that process was cut off from Redis. */
  readonly cutOff: number;
}

/** A read that returned a version older than it may have. */
export interface Violation {
  readonly process: number;
  readonly read: Read;
  /** The version that it should have seen at least, and since when. */
  readonly expected: number;
  readonly since: Instant;
  readonly own: boolean;
}

export interface Circumstances {
  readonly silences: readonly Silence[];
  readonly losses: readonly Loss[];
  readonly bounds: Bounds;
}

/** All reads that are older than the documented bounds allow. */
export function findViolations(
  histories: readonly ProcessHistory[],
  { silences, losses, bounds }: Circumstances,
): Violation[] {
  const applied = new Timeline(
    histories.flatMap(({ writes }) =>
      writes
        .filter((write) => !isLost(write.key, write.applied, losses))
        .map((write) => ({ ...write, at: write.applied })),
    ),
  );
  return histories.flatMap(({ reads, writes }, process) => {
    const kept = writes.filter((write) => !isPerhapsLost(write, losses));
    const own = new Timeline(kept.map((write) => ({ ...write, at: write.to })));
    return reads.flatMap((read): Violation[] => {
      const cutOff = read.away || silences.some((s) => s.process === process && s.from <= read.to && read.from <= s.to);
      const bound = cutOff ? bounds.cutOff : bounds.normally;
      const required = [
        { ...own.latest(read.key, read.from), own: true },
        { ...applied.latest(read.key, read.from - bound), own: false },
      ];
      const missed = required.find(({ version }) => version > read.version);
      return missed === undefined
        ? []
        : [{ process, read, expected: missed.version, since: missed.at, own: missed.own }];
    });
  });
}

/** What no read has to know of: an older version, which was there before, may come back. */
export function isPerhapsLost({ key, applied, replayed }: Write, losses: readonly Loss[]): boolean {
  return isLost(key, applied, losses) || isLost(key, replayed, losses);
}

function isLost(key: string, answered: Instant | undefined, losses: readonly Loss[]): boolean {
  return losses.some(
    ({ keys, from, to }) => answered !== undefined && from <= answered && answered <= to && keys.has(key),
  );
}

/** The version of the key that must be there at the end. */
export function lastOf(key: string, histories: readonly ProcessHistory[], losses: readonly Loss[]): number {
  const writes = histories.flatMap((history) => history.writes.filter((write) => write.key === key));
  const kept = writes.filter(({ applied, replayed }) => !isLost(key, applied ?? replayed, losses));
  return Math.max(0, ...kept.map(({ version }) => version));
}

interface Milestone {
  readonly key: string;
  readonly version: number;
  readonly at: Instant | undefined;
}

/** Of each key, the highest version that was known to all by an instant. */
class Timeline {
  readonly #byKey = new Map<string, { readonly at: Instant; readonly version: number }[]>();

  constructor(milestones: readonly Milestone[]) {
    const sorted = milestones
      .flatMap(({ key, version, at }) => (at === undefined ? [] : [{ key, version, at }]))
      .sort((one, other) => one.at - other.at);
    for (const { key, version, at } of sorted) {
      const line = this.#byKey.get(key) ?? [];
      line.push({ at, version: Math.max(version, line.at(-1)?.version ?? 0) });
      this.#byKey.set(key, line);
    }
  }

  latest(key: string, by: Instant): { readonly at: Instant; readonly version: number } {
    const line = this.#byKey.get(key) ?? [];
    let [low, high] = [0, line.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((line[middle]?.at ?? Infinity) <= by) low = middle + 1;
      else high = middle;
    }
    return line[low - 1] ?? { at: -Infinity, version: 0 };
  }
}

/** One line that tells what went wrong. */
export function describeViolation({ process, read, expected, since, own }: Violation): string {
  const late = (read.from - since).toFixed(0);
  const whose = own ? 'its own write' : 'an invalidation that was applied';
  return `process ${process} read version ${read.version} of ${read.key}, ${late} ms after ${whose} of version ${expected}${read.away ? ' (Redis away)' : ''}`;
}
