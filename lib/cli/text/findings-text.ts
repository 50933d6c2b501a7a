import type { CacheStats } from '../../cache/cache-stats.js';
import type { Finding, Severity } from '../../doctor/finding.js';
import { counted, durationText, figureText } from './figures.js';
import { printable } from './printable.js';
import type { Style } from './style.js';
import { wrap } from './wrap.js';

export interface Diagnosis {
  readonly stats: CacheStats;
  readonly findings: readonly Finding[];
}

export interface Page {
  readonly width: number;
  readonly style: Style;
}

/** Longer lines are hard to read, however wide a terminal is. */
const WIDEST = 110;

const INDENT = '  ';

/** What the doctor has to say of one cache, the worst first. */
export function findingsText({ stats, findings }: Diagnosis, { width, style }: Page): string[] {
  const narrow = { width: Math.min(width, WIDEST), style };
  const looked = whatWasLookedAt(stats);
  if (findings.length === 0) return [`${style.green('healthy')}: ${looked}, and nothing is wrong as far as they tell`];
  const head = `${style.bold(bySeverity(findings))}: ${looked}`;
  return [head, ...findings.flatMap((finding) => ['', ...findingText(finding, narrow)])];
}

function whatWasLookedAt({ cache, patterns, countedFor }: CacheStats): string {
  const calls = patterns.reduce((sum, pattern) => sum + pattern.calls, 0);
  const figures = `${counted(patterns.length, 'pattern')}, ${counted(calls, 'call')} within ${durationText(countedFor)}`;
  return `cache ${printable(cache)}, ${figures}`;
}

/** `3 findings (1 high, 2 low)` */
function bySeverity(findings: readonly Finding[]): string {
  const severities: readonly Severity[] = ['high', 'medium', 'low'];
  const parts = severities
    .map((severity) => ({ severity, count: findings.filter((finding) => finding.severity === severity).length }))
    .filter(({ count }) => count > 0)
    .map(({ severity, count }) => `${count} ${severity}`);
  return `${counted(findings.length, 'finding')} (${parts.join(', ')})`;
}

function findingText(finding: Finding, { width, style }: Page): string[] {
  const { severity, name, patterns, summary, evidence, advice, page } = finding;
  const about = patterns.length === 0 ? '' : `  ${style.bold(patterns.map(printable).join(', '))}`;
  const figures = evidence.map(({ what, value, unit }) => [printable(what), figureText(value, unit)] as const);
  const longest = Math.max(0, ...figures.map(([what]) => what.length));
  const widest = Math.max(0, ...figures.map(([, figure]) => figure.length));
  return [
    `${markOf(severity, style)}  ${style.bold(name)}${about}`,
    ...wrap(printable(summary), width, INDENT),
    ...figures.map(([what, figure]) => `${INDENT}${INDENT}${what.padEnd(longest)}  ${figure.padStart(widest)}`),
    ...wrap(`What to do: ${printable(advice)}`, width, INDENT),
    `${INDENT}${style.dim(`See ${page}`)}`,
  ];
}

function markOf(severity: Severity, style: Style): string {
  const colours: Readonly<Record<Severity, keyof Style>> = { high: 'red', medium: 'yellow', low: 'cyan' };
  return style[colours[severity]](severity.toUpperCase());
}
