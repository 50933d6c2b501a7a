import type { Invalidated, InvalidatedNames } from './invalidation-bus.js';

/** Begins every message, with the number of the format. A reader takes one of any other number for a message it has missed. */
export const BUS_FORMAT = 'fb1 ';

/** Where a bus stands: how many invalidations it has announced, since the store's data began to exist. */
export interface BusPosition {
  /** Random, made anew when the store has lost its data; `''` where nothing was announced yet. */
  readonly epoch: string;
  readonly sequence: number;
}

/** One announcement. */
export interface BusMessage extends BusPosition {
  /** Names the store object that announced it. */
  readonly origin: string;
  readonly what: Invalidated;
}

/** The part of a message that the announcing process knows; the position is put before it where the sequence is kept. */
export function formatAnnouncement(origin: string, what: Invalidated): string {
  return `${origin}\n${JSON.stringify(what)}`;
}

/** `fb1 <epoch> <sequence> <origin>`, and on the next line what was invalidated, as JSON. */
export function parseMessage(text: string): BusMessage | undefined {
  const end = text.indexOf('\n');
  const [epoch, sequence, origin] = text.slice(BUS_FORMAT.length, Math.max(end, 0)).split(' ');
  if (!text.startsWith(BUS_FORMAT) || epoch === undefined || origin === undefined) return undefined;
  const what = parseWhat(text.slice(end + 1));
  const count = Number(sequence);
  return what === undefined || !Number.isSafeInteger(count) ? undefined : { epoch, sequence: count, origin, what };
}

function parseWhat(json: string): Invalidated | undefined {
  try {
    const what = JSON.parse(json) as Partial<InvalidatedNames> | 'all' | null;
    if (what === 'all') return what;
    const { keys, tags } = what ?? {};
    return areTexts(keys) && areTexts(tags) ? { keys, tags } : undefined;
  } catch {
    return undefined;
  }
}

function areTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
