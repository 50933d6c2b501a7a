/** Bytes that an object, array, Map or Set takes before its contents. */
const OBJECT_BYTES = 32;
/** Bytes of a property or element: its slot, and its share of the table. */
const SLOT_BYTES = 16;

/**
 * An estimate of the bytes that a value keeps alive, from its structure: two for each UTF-16 unit, 8 for a number, and
 * an overhead for each object and property. Shared parts count once. Meant for bounds, not for accounting.
 */
export function approximateBytes(value: unknown, seen = new Set<object>()): number {
  switch (typeof value) {
    case 'string':
      return value.length * 2;
    case 'number':
    case 'bigint':
      return 8;
    case 'object':
      return value === null ? 0 : objectBytes(value, seen);
    default:
      return 4;
  }
}

function objectBytes(object: object, seen: Set<object>): number {
  if (seen.has(object)) return 0;
  seen.add(object);
  if (ArrayBuffer.isView(object) || object instanceof ArrayBuffer) return OBJECT_BYTES + object.byteLength;
  const contents =
    object instanceof Map ? [...object].flat(1) : object instanceof Set ? [...object] : Object.entries(object).flat(1);
  return contents.reduce<number>((bytes, inner) => bytes + SLOT_BYTES + approximateBytes(inner, seen), OBJECT_BYTES);
}
