import { alignedIn, cutTo, textWidth } from './text-width.js';

export interface Column {
  readonly title: string;
  readonly align: 'left' | 'right';
  /** Where the width does not suffice, those with the highest number are left out first; 0: never. */
  readonly givesWay: number;
}

export type Row = readonly string[];

const GAP = '  ';

/** The narrowest that the first column gets before other columns give way. */
const NARROWEST = 24;

/**
 * The title and the rows as lines of at most `width` cells: columns give way, and then the first one is cut. No cell
 * may hold marks of a terminal, which would count as characters.
 */
export function table(
  columns: readonly Column[],
  rows: readonly Row[],
  width = Infinity,
): [title: string, ...rows: string[]] {
  const widths = columns.map(({ title }, at) => Math.max(title.length, ...rows.map((row) => textWidth(row[at] ?? ''))));
  const shown = fitting(columns, widths, width);
  const others = shown.slice(1).reduce((sum, at) => sum + GAP.length + (widths[at] ?? 0), 0);
  const first = Math.max(1, Math.min(widths[0] ?? 0, width - others));
  const cell = (text: string, at: number) => {
    const room = at === 0 ? first : (widths[at] ?? 0);
    return alignedIn(cutTo(text, room), room, columns[at]?.align ?? 'left');
  };
  const line = (row: Row) =>
    cutTo(
      shown
        .map((at) => cell(row[at] ?? '', at))
        .join(GAP)
        .trimEnd(),
      width,
    );
  return [line(columns.map(({ title }) => title)), ...rows.map(line)];
}

/** The numbers of the columns for which there is room. */
function fitting(columns: readonly Column[], widths: readonly number[], width: number): number[] {
  const shown = columns.map((_, at) => at);
  const needed = () =>
    shown.reduce(
      (sum, at) => sum + (at === 0 ? Math.min(NARROWEST, widths[0] ?? 0) : GAP.length + (widths[at] ?? 0)),
      0,
    );
  while (needed() > width) {
    const [worst] = shown
      .filter((at) => (columns[at]?.givesWay ?? 0) > 0)
      .sort((one, other) => (columns[other]?.givesWay ?? 0) - (columns[one]?.givesWay ?? 0));
    if (worst === undefined) break;
    shown.splice(shown.indexOf(worst), 1);
  }
  return shown;
}
