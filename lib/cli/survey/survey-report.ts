import type { TagVersions } from '../../stores/redis/entry-notes.js';
import { derivePatterns } from './derived-patterns.js';
import type { PatternFilter } from './pattern-filter.js';
import type { SurveyedEntry } from './read-entries.js';
import type { Survey } from './survey.js';

export interface Spread {
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

/** `invalidated`: one of its tags was; it is there until its time is over, and nobody is given it. */
export type SurveyedState = SurveyedEntry['state'] | 'invalidated';

/** What Redis keeps of one pattern, as far as it was looked at. Bytes, and milliseconds. */
export interface PatternReport {
  readonly pattern: string;
  readonly entries: number;
  /** How many there are in all, where a part was looked at alone. */
  readonly estimatedEntries: number;
  readonly states: Readonly<Record<SurveyedState, number>>;
  readonly bytes: Spread & { readonly total: number };
  /** Absent where no age is known. */
  readonly age?: Spread;
  /** Until Redis drops it. Absent where no entry ever ends. */
  readonly left?: Spread;
  /** Entries that never end by themselves: someone has taken their expiry away. */
  readonly endless: number;
  readonly tagged: number;
  readonly compressed: number;
}

export interface TagUse {
  readonly tag: string;
  readonly entries: number;
  /** Those that have an earlier version of it. */
  readonly invalidated: number;
}

export interface SurveyReport {
  readonly scanned: { readonly keys: number; readonly of: number; readonly complete: boolean };
  readonly entries: number;
  readonly estimatedEntries: number;
  readonly bytes: number;
  /** By their number of bytes, the most first. */
  readonly patterns: readonly PatternReport[];
  /** The most entries first. */
  readonly tags: readonly TagUse[];
  /** Among the keys that were looked at, whatever their pattern: loads that may fill, refresh locks, versions of tags. */
  readonly companions: { readonly tickets: number; readonly locks: number; readonly tags: number };
  /** Which serializers have written how many entries. */
  readonly serializers: Readonly<Record<string, number>>;
}

/** @param filters where there are any, entries belong to the first one that fits them; else patterns are derived from keys */
export function reportOf(survey: Survey, filters: readonly PatternFilter[]): SurveyReport {
  const { entries, keys, looked, complete, versions, kinds } = survey;
  const weight = looked === 0 || complete ? 1 : keys / looked;
  const patterns = filters.length === 0 ? derivePatterns(entries.map(({ text }) => text)) : undefined;
  const byPattern = new Map<string, SurveyedEntry[]>();
  for (const entry of entries) {
    const pattern =
      patterns?.get(entry.text) ?? filters.find((each) => each.matches(entry.text))?.pattern ?? entry.text;
    const group = byPattern.get(pattern) ?? [];
    group.push(entry);
    byPattern.set(pattern, group);
  }
  const reports = [...byPattern].map(([pattern, group]) => patternReport(pattern, group, weight, versions));
  return {
    scanned: { keys: looked, of: keys, complete },
    entries: entries.length,
    estimatedEntries: Math.round(entries.length * weight),
    bytes: reports.reduce((sum, { bytes }) => sum + bytes.total, 0),
    patterns: reports.sort((one, other) => other.bytes.total - one.bytes.total),
    tags: tagUses(entries, versions),
    companions: { tickets: kinds.get('tickets') ?? 0, locks: kinds.get('lock') ?? 0, tags: kinds.get('tag') ?? 0 },
    serializers: countBy(entries.map(({ serializer }) => serializer).filter((each) => each !== undefined)),
  };
}

function patternReport(
  pattern: string,
  entries: readonly SurveyedEntry[],
  weight: number,
  versions: Survey['versions'],
): PatternReport {
  const states: Record<SurveyedState, number> = { fresh: 0, stale: 0, 'last-resort': 0, invalidated: 0, unreadable: 0 };
  for (const entry of entries) states[isInvalidated(entry.tags, versions) ? 'invalidated' : entry.state] += 1;
  const bytes = entries.map((entry) => entry.bytes);
  const age = spreadOf(entries.map((entry) => entry.age).filter((each) => each !== undefined));
  const left = spreadOf(entries.map((entry) => entry.left).filter(Number.isFinite));
  return {
    pattern,
    entries: entries.length,
    estimatedEntries: Math.round(entries.length * weight),
    states,
    bytes: { ...(spreadOf(bytes) ?? { min: 0, median: 0, max: 0 }), total: bytes.reduce((sum, each) => sum + each, 0) },
    ...(age && { age }),
    ...(left && { left }),
    endless: entries.filter((entry) => entry.left === Infinity).length,
    tagged: entries.filter(({ tags }) => tags !== undefined).length,
    compressed: entries.filter(({ compressed }) => compressed).length,
  };
}

function isInvalidated(tags: TagVersions | undefined, versions: Survey['versions']): boolean {
  return [...(tags ?? [])].some(([tag, version]) => isOther(version, versions.get(tag)));
}

/** A tag that was not asked about tells nothing. */
function isOther(version: string, current: string | null | undefined): boolean {
  return current !== undefined && current !== version;
}

function tagUses(entries: readonly SurveyedEntry[], versions: Survey['versions']): TagUse[] {
  const uses = new Map<string, { entries: number; invalidated: number }>();
  for (const [tag, version] of entries.flatMap(({ tags }) => [...(tags ?? [])])) {
    const use = uses.get(tag) ?? { entries: 0, invalidated: 0 };
    use.entries += 1;
    if (isOther(version, versions.get(tag))) use.invalidated += 1;
    uses.set(tag, use);
  }
  return [...uses].map(([tag, use]) => ({ tag, ...use })).sort((one, other) => other.entries - one.entries);
}

/** `undefined` of nothing. */
export function spreadOf(numbers: readonly number[]): Spread | undefined {
  const sorted = [...numbers].sort((one, other) => one - other);
  const [min] = sorted;
  const max = sorted.at(-1);
  const median = sorted[Math.floor((sorted.length - 1) / 2)];
  return min === undefined || median === undefined || max === undefined ? undefined : { min, median, max };
}

function countBy(names: readonly string[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return Object.fromEntries(counts);
}
