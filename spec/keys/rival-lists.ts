import { encodeKeyPart } from '../../lib/keys/key-part.js';

/**
 * Lists made to collide with `list`, were keys written carelessly: two random lists would hardly ever come close.
 * `literals` are those of the pattern.
 */
export function rivalsOf(list: readonly unknown[], literals: readonly string[]): unknown[][] {
  return [
    list.map(encodedAsText),
    list.map(decodedAsText),
    list.map(printed),
    list.map(reordered),
    ...list.slice(1).flatMap((_, index) => shifted(list, index, literals[index + 1] ?? '')),
  ];
}

/** A string that looks like the encoding of another part. */
function encodedAsText(part: unknown): string {
  return encodeKeyPart(part);
}

/** A string that another one would be escaped to. */
function decodedAsText(part: unknown): unknown {
  if (typeof part !== 'string') return part;
  try {
    return decodeURIComponent(part);
  } catch {
    return part.replaceAll('%', '');
  }
}

/** What interpolation without encoding would write. */
function printed(part: unknown): unknown {
  if (Array.isArray(part)) return part.map(printed);
  return typeof part === 'object' && part !== null ? '[object Object]' : String(part);
}

/** The same objects with their properties in another order. */
function reordered(part: unknown): unknown {
  if (Array.isArray(part)) return part.map(reordered);
  if (typeof part !== 'object' || part === null || part instanceof Date || 'toCacheKey' in part) return part;
  const members = Object.entries(part).map(([name, value]) => [name, reordered(value)] as const);
  return Object.fromEntries(members.reverse());
}

/** The boundary between two parts moved over what stands between them: ('x:y', 'z') for ('x', 'y:z'). */
function shifted(list: readonly unknown[], index: number, literal: string): unknown[][] {
  const [first, second] = [list[index], list[index + 1]];
  if (typeof first !== 'string' || typeof second !== 'string') return [];
  const whole = `${first}${literal}${second}`;
  const boundaries = Array.from({ length: whole.length + 1 }, (_, end) => end).filter((end) =>
    whole.startsWith(literal, end),
  );
  return boundaries.map((end) => [
    ...list.slice(0, index),
    whole.slice(0, end),
    whole.slice(end + literal.length),
    ...list.slice(index + 2),
  ]);
}
