import type { PatternReport, Spread, SurveyReport } from '../survey/survey-report.js';
import { bytesText, counted, countText, durationText } from './figures.js';
import type { Page } from './findings-text.js';
import { printable } from './printable.js';
import { table, type Column } from './table.js';

/** More tags than these are counted alone. */
const MOST_TAGS = 20;

const PATTERN_COLUMNS: readonly Column[] = [
  { title: 'PATTERN', align: 'left', givesWay: 0 },
  { title: 'ENTRIES', align: 'right', givesWay: 0 },
  { title: 'FRESH', align: 'right', givesWay: 3 },
  { title: 'STALE', align: 'right', givesWay: 4 },
  { title: 'OTHER', align: 'right', givesWay: 5 },
  { title: 'BYTES', align: 'right', givesWay: 0 },
  { title: 'SIZE', align: 'right', givesWay: 6 },
  { title: 'AGE', align: 'right', givesWay: 2 },
  { title: 'LEFT', align: 'right', givesWay: 1 },
  { title: 'TAGGED', align: 'right', givesWay: 7 },
];

const TAG_COLUMNS: readonly Column[] = [
  { title: 'TAG', align: 'left', givesWay: 0 },
  { title: 'ENTRIES', align: 'right', givesWay: 0 },
  { title: 'INVALIDATED', align: 'right', givesWay: 0 },
];

/** What Redis keeps, for people. */
export function surveyText(report: SurveyReport, title: string, { width, style }: Page): string[] {
  const { patterns, tags, companions } = report;
  const [head, ...rows] = table(PATTERN_COLUMNS, patterns.map(rowOf), width);
  return [
    style.bold(printable(title)),
    whatWasLookedAt(report),
    '',
    style.dim(head),
    ...rows,
    ...notes(report).map((note) => style.dim(note)),
    ...(tags.length === 0 ? [] : ['', ...tagLines(report, { width, style })]),
    '',
    `beside them: ${counted(companions.tickets, 'key')} under load, ${counted(companions.locks, 'refresh lock')}, ${counted(companions.tags, 'version of a tag', 'versions of tags')}`,
  ];
}

function whatWasLookedAt({ scanned, entries, estimatedEntries, bytes }: SurveyReport): string {
  const found = `${counted(entries, 'entry', 'entries')} of ${bytesText(bytes)}`;
  if (scanned.complete) return `${found}; all ${counted(scanned.of, 'key')} were looked at`;
  const share = `${countText(scanned.keys)} of ${counted(scanned.of, 'key')}`;
  return `${found} among ${share} that were looked at: some ${countText(estimatedEntries)} in all (--sample looks at more)`;
}

function rowOf({ pattern, entries, states, bytes, age, left, tagged }: PatternReport): string[] {
  const other = states['last-resort'] + states.invalidated + states.unreadable;
  return [
    printable(pattern),
    ...[entries, states.fresh, states.stale, other].map(countText),
    bytesText(bytes.total),
    spreadText(bytes, bytesText),
    age === undefined ? '–' : spreadText(age, durationText),
    left === undefined ? '–' : spreadText(left, durationText),
    countText(tagged),
  ];
}

/** The least, the one in the middle, the most; once where they look alike. */
function spreadText({ min, median, max }: Spread, text: (value: number) => string): string {
  const [least, middle, most] = [min, median, max].map(text);
  return least === most ? String(middle) : `${least} … ${middle} … ${most}`;
}

/** What a figure alone does not tell. */
function notes({ patterns }: SurveyReport): string[] {
  const sum = (of: (report: PatternReport) => number) => patterns.reduce((total, report) => total + of(report), 0);
  const about = (count: number, says: string) => (count === 0 ? [] : [`${counted(count, 'entry', 'entries')} ${says}`]);
  return [
    ...about(
      sum(({ states }) => states.invalidated),
      'of which a tag was invalidated: nobody is given them',
    ),
    ...about(
      sum(({ states }) => states['last-resort']),
      'that may answer calls whose load fails, and no others',
    ),
    ...about(
      sum(({ states }) => states.unreadable),
      'that no reader of this version can read',
    ),
    ...about(
      sum(({ endless }) => endless),
      'that never end: someone has taken their expiry away',
    ),
    ...about(
      sum(({ compressed }) => compressed),
      'with a compressed value',
    ),
  ];
}

function tagLines({ tags }: SurveyReport, { width, style }: Page): string[] {
  const shown = tags.slice(0, MOST_TAGS);
  const rows = shown.map(({ tag, entries, invalidated }) => [
    printable(tag),
    countText(entries),
    countText(invalidated),
  ]);
  const [head, ...lines] = table(TAG_COLUMNS, rows, width);
  const more = tags.length - shown.length;
  return [style.dim(head), ...lines, ...(more === 0 ? [] : [style.dim(`and ${counted(more, 'more tag')}`)])];
}
