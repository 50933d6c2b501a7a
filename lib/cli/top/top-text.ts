import type { CacheHealth } from '../../cache/cache-options.js';
import { bytesText, counted, countText, durationText, rateText, shareText } from '../text/figures.js';
import type { Page } from '../text/findings-text.js';
import { printable } from '../text/printable.js';
import type { Style } from '../text/style.js';
import { table, type Column } from '../text/table.js';
import { cutTo, textWidth } from '../text/text-width.js';
import type { PatternRates } from './interval.js';
import type { SeenCache } from './look.js';
import { sorted, type Sort } from './sort.js';

export interface TopPage extends Page {
  /** Of the lines that may be used. */
  readonly height: number;
  readonly sort: Sort;
}

const COLUMNS: readonly Column[] = [
  { title: 'PATTERN', align: 'left', givesWay: 0 },
  { title: 'CALLS/S', align: 'right', givesWay: 0 },
  { title: 'HIT', align: 'right', givesWay: 0 },
  { title: 'STALE/S', align: 'right', givesWay: 3 },
  { title: 'LOADS/S', align: 'right', givesWay: 1 },
  { title: 'P99 LOAD', align: 'right', givesWay: 2 },
  { title: 'SAVED/S', align: 'right', givesWay: 4 },
  { title: 'KEYS', align: 'right', givesWay: 5 },
  { title: 'BYTES', align: 'right', givesWay: 6 },
];

/** What is always shown of a cache: health, interval, the titles. */
const HEAD_LINES = 3;

/** The caches of one look, as a table each, with as many rows as there is room for. */
export function topText(caches: readonly SeenCache[], { width, height, style, sort }: TopPage): string[] {
  const room = Math.max(1, Math.floor((height - caches.length * (HEAD_LINES + 1)) / Math.max(1, caches.length)));
  return caches.flatMap((cache, at) => [
    ...(at === 0 ? [] : ['']),
    ...cacheLines(cache, { width, style, height: room, sort }),
  ]);
}

function cacheLines(cache: SeenCache, { width, style, height, sort }: TopPage): string[] {
  const patterns = sorted(cache.interval.patterns, sort);
  const shown = patterns.length > height ? patterns.slice(0, Math.max(1, height - 1)) : patterns;
  const [head, ...rows] = table(COLUMNS, shown.map(rowOf), width);
  const more = patterns.length - shown.length;
  return [
    headline(cache, width, style),
    cutTo(intervalText(cache), width),
    style.dim(head),
    ...rows,
    ...(patterns.length === 0 ? [style.dim('nothing was called yet')] : []),
    ...(more === 0 ? [] : [style.dim(cutTo(`and ${counted(more, 'more pattern')}`, width))]),
  ];
}

/** The words that matter are coloured once the line is known to fit. */
function headline({ cache, health, findings }: SeenCache, width: number, style: Style): string {
  const count = findings.high + findings.medium + findings.low;
  const worst = findings.high > 0 ? style.red : findings.medium > 0 ? style.yellow : style.cyan;
  const told = count === 0 ? 'no findings' : `${counted(count, 'finding')}${severities(findings)}`;
  const troubles = troublesOf(health);
  const state = troubles.length === 0 ? 'healthy' : troubles.join(', ');
  const name = `cache ${printable(cache)}`;
  const full = `${name}  ${state}, ${loadsText(health)}  ${told}`;
  if (textWidth(full) > width) return cutTo(full, width);
  const coloured = troubles.length === 0 ? style.green(state) : style.red(state);
  return `${style.bold(name)}  ${coloured}, ${loadsText(health)}  ${count === 0 ? told : worst(told)}`;
}

function severities(findings: SeenCache['findings']): string {
  const parts = Object.entries(findings).filter(([, count]) => count > 0);
  return ` (${parts.map(([severity, count]) => `${count} ${severity}`).join(', ')})`;
}

/** What is not as it is on a good day. */
function troublesOf({ breaker, l1, bus, queuedInvalidations }: CacheHealth): string[] {
  return [
    ...(breaker === undefined || breaker === 'closed' ? [] : [`breaker ${breaker}`]),
    ...(l1 === 'not trusted' ? ['copies not trusted'] : []),
    ...(bus?.state === 'disconnected' ? ['bus disconnected'] : []),
    ...(queuedInvalidations === 0 ? [] : [queuedText(queuedInvalidations)]),
  ];
}

function queuedText(queued: CacheHealth['queuedInvalidations']): string {
  return queued === 'all' ? 'the removal of all entries queued' : `${counted(queued, 'invalidation')} queued`;
}

function loadsText({ loads: { running, waiting } }: CacheHealth): string {
  return `${counted(running, 'load')} running${waiting === 0 ? '' : `, ${countText(waiting)} waiting`}`;
}

function intervalText({ countedFor, interval }: SeenCache): string {
  const calls = interval.patterns.reduce((sum, { callsPerSecond }) => sum + callsPerSecond, 0);
  const since =
    interval.of === 'last interval' ? `in the last ${durationText(interval.length)}` : 'since counting began';
  return `${rateText(calls)} calls/s ${since}; counting for ${durationText(countedFor)}`;
}

function rowOf(rates: PatternRates): string[] {
  const { pattern, callsPerSecond, hitRatio, stalePerSecond, loadsPerSecond } = rates;
  const { loadP99, savedPerSecond, keys, bytesPerEntry } = rates;
  return [
    printable(pattern),
    rateText(callsPerSecond),
    hitRatio === undefined ? '–' : shareText(hitRatio),
    rateText(stalePerSecond),
    rateText(loadsPerSecond),
    loadP99 === undefined ? '–' : durationText(loadP99),
    durationText(savedPerSecond),
    countText(keys),
    bytesPerEntry === undefined ? '–' : bytesText(bytesPerEntry),
  ];
}
