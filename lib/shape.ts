/** A member that is not as it has to be: where it is (`patterns[3].loads.sum`, or `''` for the whole), what was expected, and what is there. */
export interface Unfit {
  readonly path: string;
  readonly expected: string;
  readonly value: unknown;
}

/** What a value from elsewhere has to be. */
export interface Shape {
  /** In words, as "a string". */
  readonly expected: string;
  /** The first member of `value`, which is at `path`, that is not so. */
  readonly unfit: (value: unknown, path: string) => Unfit | undefined;
}

type UnfitMember<V> = (value: V, path: string) => Unfit | undefined;

function shape<V>(expected: string, is: (value: unknown) => value is V, unfitMember?: UnfitMember<V>): Shape {
  return {
    expected,
    unfit: (value, path) => (is(value) ? unfitMember?.(value, path) : { path, expected, value }),
  };
}

export const text = shape('a string', (value) => typeof value === 'string');
export const number = shape('a finite number', (value): value is number => Number.isFinite(value));
export const truth = shape('true or false', (value) => typeof value === 'boolean');

export function exactly(only: string | number): Shape {
  return shape(JSON.stringify(only), (value): value is string | number => value === only);
}

export function either(...shapes: readonly Shape[]): Shape {
  const expected = shapes.map((each) => each.expected).join(' or ');
  return shape(expected, (value): value is unknown => shapes.some(({ unfit }) => unfit(value, '') === undefined));
}

/** What need not be there. */
export function optional({ expected, unfit }: Shape): Shape {
  return { expected, unfit: (value, path) => (value === undefined ? undefined : unfit(value, path)) };
}

export function listOf(member: Shape): Shape {
  return shape(
    'a list',
    (value): value is unknown[] => Array.isArray(value),
    (list, path) => firstOf(list, (each, index) => member.unfit(each, `${path}[${index}]`)),
  );
}

export function pairOf(member: Shape): Shape {
  return shape(
    `two of ${member.expected}`,
    (value): value is unknown[] => Array.isArray(value) && value.length === 2,
    listOf(member).unfit,
  );
}

/** An object, whatever its members are called. */
export function recordOf(member: Shape): Shape {
  return shape('an object', isObject, (record, path) =>
    firstOf(Object.entries(record), ([name, each]) => member.unfit(each, within(path, name))),
  );
}

/** An object that has these members, and may have others. The compiler takes no list that lacks one of `T`. */
export function shapeOf<T>(members: { readonly [N in keyof Required<T>]: Shape }): Shape {
  const all = Object.entries<Shape>(members);
  return shape('an object', isObject, (object, path) =>
    firstOf(all, ([name, member]) => member.unfit(object[name], within(path, name))),
  );
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function within(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}

function firstOf<T>(all: readonly T[], unfit: (each: T, index: number) => Unfit | undefined): Unfit | undefined {
  for (const [index, each] of all.entries()) {
    const found = unfit(each, index);
    if (found !== undefined) return found;
  }
  return undefined;
}
