/** As it is when this module is loaded: fake timers put another one in its place. */
const RealDate = Date;

/**
 * Is `value` a tree of nothing but plain objects, arrays, Dates and primitives, as `JSON.parse` and most databases give it? No
 * cycle, no object twice, and no property that an assignment would not make.
 */
export function isTree(value: unknown, seen = new Set<object>()): boolean {
  if (typeof value === 'function' || typeof value === 'symbol') return false;
  if (typeof value !== 'object' || value === null) return true;
  if (seen.has(value)) return false;
  seen.add(value);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === RealDate.prototype) return Reflect.ownKeys(value).length === 0;
  if (Array.isArray(value)) return prototype === Array.prototype && isPlainList(value, seen);
  return prototype === Object.prototype && areAssigned(value, Reflect.ownKeys(value), seen);
}

/** Without holes, and without properties beside its items. */
function isPlainList(list: readonly unknown[], seen: Set<object>): boolean {
  const [length, ...indexes] = Reflect.ownKeys(list).reverse();
  return length === 'length' && indexes.length === list.length && areAssigned(list, indexes, seen);
}

function areAssigned(object: object, names: readonly PropertyKey[], seen: Set<object>): boolean {
  return names.every((name) => {
    const descriptor = Reflect.getOwnPropertyDescriptor(object, name);
    if (typeof name !== 'string' || descriptor?.enumerable !== true || !('value' in descriptor)) return false;
    return isTree(descriptor.value, seen);
  });
}

/** A copy of what {@link isTree} says `true` of, in a tenth of the time that parsing its JSON takes. Nothing in it is frozen. */
export function copyTree(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return copyList(value);
  return value instanceof RealDate
    ? new RealDate(value.getTime())
    : copyRecord(value as Readonly<Record<string, unknown>>);
}

function copyList(list: readonly unknown[]): unknown[] {
  const copy = list.slice();
  for (let index = 0; index < copy.length; index += 1) {
    const item = copy[index];
    if (typeof item === 'object' && item !== null) copy[index] = copyTree(item);
  }
  return copy;
}

/** Spread first: then `__proto__` is a property of its own, as `JSON.parse` makes it, and an assignment changes that. */
function copyRecord(record: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const copy = { ...record };
  for (const name in copy) {
    const item = copy[name];
    // Somebody may have given a property to all objects.
    if (typeof item === 'object' && item !== null && Object.hasOwn(copy, name)) copy[name] = copyTree(item);
  }
  return copy;
}
