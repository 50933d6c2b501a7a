import type { Line, Results, Run } from './results.js';
import { isMet, type Question, type Target, type Variant } from './scenario.js';

/** `document` with the tables of `results` between the marks of their scenario. */
export function withTables(document: string, question: Question, results: Results): string {
  return withText(document, question.name, formatResults(question, results));
}

/** `document` with `text` between the marks of `name`. */
export function withText(document: string, name: string, text: string): string {
  const [begin, end] = [`<!-- ${name}: written by npm run bench -->`, `<!-- ${name}: end -->`];
  const [before, rest] = splitOnce(document, begin);
  const [, after] = splitOnce(rest, end);
  return `${before}${begin}\n\n${text}\n\n${end}${after}`;
}

function splitOnce(text: string, mark: string): [string, string] {
  const at = text.indexOf(mark);
  if (at === -1) throw new Error(`Expected the mark ${mark} in bench/README.md`);
  return [text.slice(0, at), text.slice(at + mark.length)];
}

/** What was measured, and a table for each variant. */
export function formatResults(question: Question, results: Results): string {
  const about = `${formatRun(question.question, results)}; ${results.extent}.`;
  return [about, ...question.variants.map((variant) => formatVariant(question, variant, results))].join('\n\n');
}

export function formatRun(question: string, { measuredAt, node, processor }: Run): string {
  return `${question} Measured ${measuredAt.slice(0, 10)} with Node ${node} on ${processor}`;
}

function formatVariant({ columns }: Question, variant: Variant, results: Results): string {
  const lines = results.lines.filter((line) => line.variant === variant.name);
  const [floor] = lines;
  if (floor === undefined) return `${variant.name}: nobody took part.`;
  const table = [
    row([variant.name, ...columns.map(({ head }) => head)]),
    `| --- |${columns.map(() => ' ---: |').join('')}`,
    ...lines.map((line) => row([line.contender, ...columns.map((column) => column.text(line, floor))])),
  ].join('\n');
  const verdicts = (variant.targets ?? []).map((target) => formatVerdict(target, lines, floor));
  return [table, [...verdicts, ...formatAbsences(results, variant)].join('\n')].filter(Boolean).join('\n\n');
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

function formatVerdict(target: Target, lines: readonly Line[], floor: Line): string {
  const { measure, bound, value, contender } = target;
  const line = lines.find((other) => other.contender === contender);
  const measured = line === undefined ? NaN : measure.of(line, floor);
  const verdict = isMet(target, measured) ? 'met' : '**missed**';
  return `- Target for ${contender}: ${measure.head} ${bound} ${measure.format(value)}. Measured: ${measure.format(measured)}, ${verdict}.`;
}

/** `Not in it: async-cache-dedupe, cachified (no tiers).` */
function formatAbsences({ absent }: Results, { name }: Variant): string[] {
  const here = absent.filter(({ variant }) => variant === name);
  const reasons = [...new Set(here.map(({ why }) => why))].map((why) => {
    const contenders = here.filter((absence) => absence.why === why).map(({ contender }) => contender);
    return `${contenders.join(', ')} (${why})`;
  });
  return reasons.length === 0 ? [] : [`- Not in it: ${reasons.join('; ')}.`];
}
