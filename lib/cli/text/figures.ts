import type { Unit } from '../../doctor/finding.js';

const COUNT = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const DECIMAL = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A figure with its unit, for people. */
export function figureText(value: number, unit: Unit): string {
  return FIGURES[unit](value);
}

const FIGURES: Readonly<Record<Unit, (value: number) => string>> = {
  count: (value) => (Number.isInteger(value) ? countText(value) : DECIMAL.format(value)),
  share: shareText,
  ms: durationText,
  bytes: bytesText,
};

/** `12,345` */
export function countText(count: number): string {
  return COUNT.format(count);
}

/** `12.3 %`. Neither all nor nothing is said of what is almost that. */
export function shareText(share: number): string {
  if (share > 0.999 && share < 1) return '> 99.9 %';
  if (share > 0 && share < 0.001) return '< 0.1 %';
  return `${DECIMAL.format(share * 100)} %`;
}

/** `0.4`, `12.3`, `1,234`: how often within a second. */
export function rateText(perSecond: number): string {
  return perSecond >= 1_000 ? COUNT.format(perSecond) : DECIMAL.format(perSecond);
}

/** Milliseconds as `340 ms`, `1.2 s`, `3m 20s`, `2h 5m`, `3d 4h`. */
export function durationText(milliseconds: number): string {
  if (milliseconds === Infinity) return 'for ever';
  if (milliseconds < 10) return `${DECIMAL.format(milliseconds)} ms`;
  // Rounded first, so that nothing becomes 1,000 ms, or 60 s.
  if (Math.round(milliseconds) < SECOND) return `${Math.round(milliseconds)} ms`;
  if (Math.round(milliseconds / 100) * 100 < MINUTE) return `${DECIMAL.format(milliseconds / SECOND)} s`;
  if (Math.round(milliseconds / SECOND) * SECOND < HOUR) return twoUnits(milliseconds, MINUTE, 'm', SECOND, 's');
  if (Math.round(milliseconds / MINUTE) * MINUTE < DAY) return twoUnits(milliseconds, HOUR, 'h', MINUTE, 'm');
  return twoUnits(milliseconds, DAY, 'd', HOUR, 'h');
}

function twoUnits(milliseconds: number, large: number, largeName: string, small: number, smallName: string): string {
  const rounded = Math.round(milliseconds / small) * small;
  const rest = (rounded % large) / small;
  const whole = `${COUNT.format(Math.floor(rounded / large))}${largeName}`;
  return rest === 0 ? whole : `${whole} ${rest}${smallName}`;
}

const SIZES = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** `97 B`, `1.2 kB`: a kB is 1,000 bytes. */
export function bytesText(bytes: number): string {
  let [size, unit] = [bytes, 0];
  while (Math.round(size * 10) / 10 >= 1_000 && unit < SIZES.length - 1) [size, unit] = [size / 1_000, unit + 1];
  return `${unit === 0 ? COUNT.format(size) : DECIMAL.format(size)} ${SIZES[unit] ?? ''}`;
}

/** `1 key`, `2 keys` */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${countText(count)} ${count === 1 ? noun : plural}`;
}
