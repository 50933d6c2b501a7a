/** Marks text for a terminal; where there is none, or no colour is wanted, leaves it as it is. */
export type Style = Readonly<Record<'bold' | 'dim' | 'red' | 'yellow' | 'green' | 'cyan', (text: string) => string>>;

const same = (text: string): string => text;

/** Each ends what it has begun alone, so that a row may be `bold` around a cell that is `red`. */
const mark = (begin: number, end: number) => (text: string) => `\u001b[${begin}m${text}\u001b[${end}m`;

export const PLAIN: Style = { bold: same, dim: same, red: same, yellow: same, green: same, cyan: same };

export const COLOURED: Style = {
  bold: mark(1, 22),
  dim: mark(2, 22),
  red: mark(31, 39),
  yellow: mark(33, 39),
  green: mark(32, 39),
  cyan: mark(36, 39),
};
