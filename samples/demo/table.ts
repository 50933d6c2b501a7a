import type { Measurement } from './observation.js';

/** One line of the table. */
export interface Line extends Measurement {
  readonly pitfall: string;
  readonly cache: 'by hand' | 'freshkeep';
}

const HEADER = ['', 'cache', 'source loads', 'wrong values served', 'slowest call', 'entries kept'];

/** A table in plain text: texts to the left, numbers to the right. */
export function formatTable(lines: readonly Line[]): string {
  const rows = [HEADER, ...lines.map(cellsOf)];
  const widths = HEADER.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const formatted = rows.map((row) => row.map((cell, column) => pad(cell, widths[column] ?? 0, column)).join('   '));
  return formatted.map((row) => row.trimEnd()).join('\n');
}

function cellsOf(line: Line): string[] {
  return [
    line.cache === 'by hand' ? line.pitfall : '',
    line.cache,
    String(line.sourceLoads),
    String(line.wrongValues),
    `${line.slowestCall.toFixed(1)} ms`,
    String(line.entriesKept),
  ];
}

function pad(cell: string, width: number, column: number): string {
  return column < 2 ? cell.padEnd(width) : cell.padStart(width);
}
