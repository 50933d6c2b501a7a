/**
 * What the documentation says about when two parts are the same one, written without regard to how keys encode them:
 * two lists are to share a key if and only if their identities are equal.
 */
export function identityOf(list: readonly unknown[]): string {
  return JSON.stringify(list.map(identify));
}

function identify(part: unknown): unknown {
  switch (typeof part) {
    case 'string':
    case 'bigint':
      return ['text', String(part)];
    case 'number':
      return identifyNumber(part);
    case 'object':
      return part === null ? ['null'] : identifyObject(part);
    default:
      return [String(part)];
  }
}

/** Numbers and strings that print alike are the same part; NaN, -0 and the infinities print like nothing else. */
function identifyNumber(number: number): unknown {
  if (Object.is(number, -0)) return ['number', '-0'];
  return [Number.isFinite(number) ? 'text' : 'number', String(number)];
}

function identifyObject(object: object): unknown {
  if (object instanceof Date) return ['date', String(object.getTime())];
  if (Array.isArray(object)) return ['list', object.map(identify)];
  if ('toCacheKey' in object && typeof object.toCacheKey === 'function') {
    return ['text', String(Reflect.apply(object.toCacheKey, object, []))];
  }
  const members = Object.entries(object).map(([name, value]) => [name, identify(value)] as const);
  return ['object', members.sort(([one], [other]) => (one < other ? -1 : 1))];
}
