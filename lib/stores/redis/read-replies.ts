import type { WantedRead } from './batched-reads.js';
import type { Payload } from './entry-codec.js';
import type { OpenedPayload } from './opened-payload.js';

/** The versions of tags, `null` where there is none, and nothing for those that were not asked for. */
export type FoundVersions = ReadonlyMap<string, string | null>;

/** The payload of an entry, and the marker that is there while it is fresh; `undefined` where it was not asked for. */
export interface Reply {
  readonly payload: Payload | null;
  readonly marker: Payload | null | undefined;
  readonly versions: FoundVersions;
  /** What is left of its life, in milliseconds, where that was asked for. */
  readonly entryLife?: number;
  /** The payload, once one of several callers has opened it. */
  opened?: OpenedPayload;
}

/** The same with what is left of the lives of both, in milliseconds. */
export interface LivingReply extends Reply {
  readonly entryLife: number;
  readonly markerLife: number;
}

/** What `PTTL` says of a key that is not there, and of one that never expires. */
const ABSENT = -2;
const ENDLESS = -1;

export const NO_VERSIONS: FoundVersions = new Map();

/** One value for an entry, and one for its marker where it was asked for. */
export function repliesOf(
  reads: readonly WantedRead[],
  values: readonly (Payload | null)[],
  versions: FoundVersions,
): Reply[] {
  let next = 0;
  return reads.map(({ withMarker }) => {
    const payload = values[next++] ?? null;
    return { payload, marker: withMarker ? (values[next++] ?? null) : undefined, versions };
  });
}

/** Three values each; a client with `stringNumbers` gives numbers as texts. */
export function livingRepliesOf(
  reads: readonly WantedRead[],
  values: readonly (Payload | number | null)[],
  versions: FoundVersions,
): LivingReply[] {
  return reads.map((_, index) => {
    const [payload, entryLife, markerLife] = values.slice(index * 3, index * 3 + 3);
    return {
      payload: payload as Payload | null,
      marker: Number(markerLife) === ABSENT ? null : '',
      entryLife: lifeOf(Number(entryLife)),
      markerLife: lifeOf(Number(markerLife)),
      versions,
    };
  });
}

function lifeOf(milliseconds: number): number {
  return milliseconds === ENDLESS ? Infinity : Math.max(milliseconds, 0);
}

/** Where they were asked for together with entries, after these. */
export function versionsAtTheEnd(tags: readonly string[], values: readonly (Payload | null)[]): FoundVersions {
  const from = values.length - tags.length;
  return new Map(tags.map((tag, index) => [tag, values[from + index]?.toString() ?? null]));
}
