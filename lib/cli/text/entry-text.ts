import type { EntryReport, TagReport, TierReport } from '../../entry/tier-report.js';
import type { LockHolder } from '../../locks/refresh-lock.js';
import { bytesText, countText, durationText } from './figures.js';
import type { Page } from './findings-text.js';
import { printable } from './printable.js';
import { wrap } from './wrap.js';

export interface ShownEntry {
  readonly title: string;
  readonly reason: string;
  readonly report: TierReport;
  readonly lock?: LockHolder;
  /** As it is to be shown. */
  readonly value?: string;
  readonly valueUnreadable?: string;
  readonly doubt?: string;
}

type Lines = readonly (readonly [what: string, says: string])[];

/** What Redis has of a key, for people. */
export function entryText(shown: ShownEntry, { width, style }: Page): string[] {
  const { title, reason, report, lock, value, valueUnreadable, doubt } = shown;
  const { entry, openTickets } = report;
  const lines: Lines = [
    ...(entry === undefined ? [] : entryLines(entry)),
    ...(openTickets === undefined
      ? []
      : [['open tickets', `${countText(openTickets)}${openTickets === 0 ? '' : ': loads that may fill it'}`] as const]),
    ...(lock === undefined
      ? []
      : [['refresh lock', `held for another ${durationText(lock.endsIn)} unless it is renewed`] as const]),
  ];
  const longest = Math.max(0, ...lines.map(([what]) => what.length));
  return [
    style.bold(printable(title)),
    ...wrap(printable(reason), width, '  '),
    ...lines.map(([what, says]) => `  ${style.dim(what.padEnd(longest))}  ${says}`),
    ...(value === undefined ? [] : [style.dim('  value'), ...valueLines(value)]),
    ...(valueUnreadable === undefined
      ? []
      : wrap(`the value is not shown: ${printable(valueUnreadable)}`, width, '  ')),
    ...(doubt === undefined ? [] : wrap(printable(doubt), width, '  ')),
  ];
}

function entryLines({ state, age, freshFor, servableFor, lastResortFor, bytes, tags }: EntryReport): Lines {
  return [
    ['state', state],
    ...(age === undefined ? [] : [['age', durationText(age)] as const]),
    ['fresh for', durationText(freshFor)],
    ['servable for', durationText(servableFor)],
    ...(lastResortFor === servableFor ? [] : [['last resort for', durationText(lastResortFor)] as const]),
    ...(bytes === undefined ? [] : [['size', bytesText(bytes)] as const]),
    ...tags.map((tag) => ['tag', tagText(tag)] as const),
  ];
}

function tagText({ name, invalidated, version, current }: TagReport): string {
  if (!invalidated) return printable(name);
  const now = current === null || current === undefined ? 'it has no version now' : `it is at ${current} now`;
  return `${printable(name)}: invalidated (the entry has ${version ?? 'none'}, ${now})`;
}

function valueLines(value: string): string[] {
  return value.split('\n').map((line) => `  ${printable(line)}`);
}
