const exact = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const compact = new Intl.NumberFormat('en', {
  notation: 'compact',
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
});

/** Between a figure and its unit, which stand in one line. */
const NBSP = '\u00a0';

/** What is shown where there is nothing to show. */
export const NONE = '–';

/** `9,876`, `12.3K`. */
export function formatCount(count: number): string {
  return Math.abs(count) < 10_000 ? exact.format(count) : compact.format(count);
}

/** All digits. */
export function formatExactly(count: number): string {
  return exact.format(count);
}

/** `0.4/s`, `12/s`. */
export function formatRate(perSecond: number): string {
  if (perSecond > 0 && perSecond < 0.05) return `<${NBSP}0.1/s`;
  return `${perSecond > 0 && perSecond < 10 ? perSecond.toFixed(1) : formatCount(perSecond)}/s`;
}

/** `99.2 %`. Neither all nor nothing is said of what is almost that. */
export function formatShare(share: number): string {
  const percent = share * 100;
  if (percent > 99.9 && percent < 100) return `>${NBSP}99.9${NBSP}%`;
  if (percent > 0 && percent < 0.1) return `<${NBSP}0.1${NBSP}%`;
  return `${percent === 100 || percent === 0 ? String(percent) : percent.toFixed(1)}${NBSP}%`;
}

/** `50 %`: for an axis, where round values alone stand. */
export function formatRoundShare(share: number): string {
  return `${Math.round(share * 100)}${NBSP}%`;
}

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
] as const;

/** `0.4 ms`, `12 ms`, `1.2 s`, `3 min 20 s`, `2 d 5 h`. */
export function formatDuration(milliseconds: number): string {
  // Rounded first, so that nothing becomes 1000 ms.
  if (Math.round(milliseconds) < 1_000) return `${significant(milliseconds)}${NBSP}ms`;
  if (milliseconds < 10_000) return `${significant(milliseconds / 1_000)}${NBSP}s`;
  const first = UNITS.findIndex(([, length]) => milliseconds >= length);
  const [unit, length] = UNITS[first] ?? UNITS[3];
  const smaller = UNITS[first + 1];
  const larger = `${Math.floor(milliseconds / length)}${NBSP}${unit}`;
  if (smaller === undefined) return larger;
  const rest = Math.floor((milliseconds % length) / smaller[1]);
  return rest === 0 ? larger : `${larger}${NBSP}${rest}${NBSP}${smaller[0]}`;
}

/** `512 B`, `1.2 kB`. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let [size, index] = [bytes, 0];
  while (Math.round(size) >= 1_000 && index < units.length - 1) [size, index] = [size / 1_000, index + 1];
  return `${significant(size)}${NBSP}${units[index] ?? ''}`;
}

function significant(value: number): string {
  if (value === 0) return '0';
  if (value < 0.01) return `<${NBSP}0.01`;
  return value < 10 ? String(Number(value.toPrecision(2))) : String(Math.round(value));
}
