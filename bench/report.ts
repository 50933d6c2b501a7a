import type { ResultLine, Results, Run } from './play.js';
import type { Scenario } from './scenarios.js';
import { spreadOf } from './statistics.js';

/** `document` with the tables of `results` between the marks of their scenario. */
export function withTables(document: string, scenario: Scenario, results: Results): string {
  return withText(document, scenario.name, formatResults(scenario, results));
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

function formatResults(scenario: Scenario, results: Results): string {
  const rounds = results.lines[0]?.rounds.length ?? 0;
  const about = `${formatRun(scenario.question, results)}; ${rounds} rounds of ${results.operationsPerRound.toLocaleString('en')} calls.`;
  return [about, ...scenario.variants.map(({ name }) => formatVariant(scenario, results, name))].join('\n\n');
}

export function formatRun(question: string, { measuredAt, node, processor }: Run): string {
  return `${question} Measured ${measuredAt.slice(0, 10)} with Node ${node} on ${processor}`;
}

function formatVariant(scenario: Scenario, results: Results, variant: string): string {
  const lines = results.lines.filter((line) => line.variant === variant);
  const [floor] = lines;
  if (floor === undefined) return '';
  const latency = scenario.eachCall ? [' p99 of a call |', ' ---: |'] : ['', ''];
  return [
    `| ${variant} | per call (median) | min – max | calls/s | × floor |${latency[0] ?? ''} allocated per call |`,
    `| --- | ---: | ---: | ---: | ---: |${latency[1] ?? ''} ---: |`,
    ...lines.map((line) => formatLine(scenario, line, floor)),
    '',
    verdict(scenario, lines, floor),
  ].join('\n');
}

function formatLine(scenario: Scenario, line: ResultLine, floor: ResultLine): string {
  const { median, min, max } = timesOf(line);
  const latencies = spreadOf(line.rounds.map(({ p99Milliseconds = NaN }) => p99Milliseconds));
  return [
    '',
    line.contender,
    formatTime(median),
    `${formatTime(min)} – ${formatTime(max)}`,
    Math.round(1e9 / median).toLocaleString('en'),
    ratioOf(line, floor).toFixed(2),
    ...(scenario.eachCall ? [`${latencies.median.toFixed(3)} ms`] : []),
    `${line.bytesPerCall.toLocaleString('en')} B`,
    '',
  ]
    .join(' | ')
    .trim();
}

function verdict({ target }: Scenario, lines: readonly ResultLine[], floor: ResultLine): string {
  const own = lines.find(({ contender }) => contender === 'freshkeep');
  const ratio = own === undefined ? NaN : ratioOf(own, floor);
  return `Target: at most ${target.toFixed(2)} × floor. Measured: ${ratio.toFixed(2)}, ${ratio <= target ? 'met' : '**missed**'}.`;
}

/** The median over rounds of a contender's time in the floor's time of the same round, so that slow moments cancel out. */
function ratioOf(line: ResultLine, floor: ResultLine): number {
  const times = floor.rounds.map(({ nanoseconds = NaN }) => nanoseconds);
  return spreadOf(line.rounds.map(({ nanoseconds = NaN }, round) => nanoseconds / (times[round] ?? NaN))).median;
}

function timesOf({ rounds }: ResultLine) {
  return spreadOf(rounds.map(({ nanoseconds = NaN }) => nanoseconds));
}

function formatTime(nanoseconds: number): string {
  return nanoseconds < 10_000 ? `${Math.round(nanoseconds)} ns` : `${(nanoseconds / 1_000).toFixed(1)} µs`;
}
