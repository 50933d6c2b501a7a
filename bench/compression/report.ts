import { spreadOf } from '../statistics.js';
import type { Action, CompressionResults, Timed } from './measure.js';

const HEAD = [
  'left',
  'compress × JSON.stringify',
  'decompress × JSON.parse',
  'decompress',
  'elsewhere: compress × at once',
  'elsewhere: decompress × at once',
];

/** One table for each body. Times are medians over rounds of what was measured in the floor's time of the same round. */
export function formatCompression(results: CompressionResults): string {
  const bodies = [...new Set(results.sizes.map(({ body }) => body))];
  return bodies.map((body) => formatBody(results, body)).join('\n\n');
}

function formatBody({ sizes, times }: CompressionResults, body: string): string {
  const find = (method: string, action: Action) =>
    times.find((timed) => timed.body === body && timed.method === method && timed.action === action);
  const lines = sizes
    .filter((size) => size.body === body)
    .map(({ method, before, after }) =>
      [
        '',
        method,
        percent(after / before),
        ratio(find(method, 'write'), find('JSON', 'write')),
        ratio(find(method, 'read'), find('JSON', 'read')),
        microseconds(find(method, 'read')),
        ratio(find(method, 'write elsewhere'), find(method, 'write')),
        ratio(find(method, 'read elsewhere'), find(method, 'read')),
        '',
      ]
        .join(' | ')
        .trim(),
    );
  return [`| ${body} | ${HEAD.join(' | ')} |`, `| --- |${HEAD.map(() => ' ---: |').join('')}`, ...lines].join('\n');
}

function ratio(timed: Timed | undefined, floor: Timed | undefined): string {
  const ratios = (timed?.rounds ?? []).map((time, round) => time / (floor?.rounds[round] ?? NaN));
  return spreadOf(ratios).median.toFixed(2);
}

function microseconds(timed: Timed | undefined): string {
  return `${(spreadOf(timed?.rounds ?? []).median / 1_000).toFixed(0)} µs`;
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
