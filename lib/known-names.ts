import { CacheError, checkObject, describeValue, invalidOption } from './errors.js';

/** A list of all names in the interface `O`: the compiler takes none that lacks one, or has one that `O` has not. */
export type NamesOf<O> = Readonly<Record<keyof O, true>>;

/** A list of any interface. */
export type Names = Readonly<Record<string, true>>;

/**
 * Options that are all known: a misspelt one would be ignored, and nobody would hear of it.
 * @throws CacheError `ERR_CACHE_OPTION_INVALID`, also where there are no options at all
 */
export function checkOptionNames<T>(option: string, options: T, known: Names): T {
  checkObject(option, options);
  // In the place of Object.keys, which makes a list: `getOrLoad` comes by at each call.
  for (const name in options) {
    if (known[name] !== true && Object.hasOwn(options as object, name)) {
      if (isInstance(options)) throw invalidOption(option, `an object with options (${listOf(known)})`, options);
      throw unknownName(`\`${option}\` to have known options only`, name, known);
    }
  }
  return options;
}

/** @throws CacheError `ERR_CACHE_OPTION_INVALID` */
export function checkName<N extends string>(option: string, name: N, known: Names): N {
  if (typeof (name as unknown) === 'string' && known[name] === true) return name;
  throw unknownName(`\`${option}\` to be a known name`, name, known);
}

function unknownName(expectation: string, name: unknown, known: Names): CacheError {
  const names = Object.keys(known);
  const meant = typeof name === 'string' ? nearest(name, names) : undefined;
  const question = meant === undefined ? '' : `: did you mean \`${meant}\`?`;
  const message = `Expected ${expectation}, got ${describeValue(name)}${question} (known: ${listOf(known)})`;
  return new CacheError('ERR_CACHE_OPTION_INVALID', message);
}

function listOf(known: Names): string {
  return Object.keys(known)
    .map((each) => `\`${each}\``)
    .join(', ');
}

/** What was meant to be an option, such as a store or a client, and not a misspelt one. */
function isInstance(options: unknown): boolean {
  const prototype: unknown = Object.getPrototypeOf(options);
  return prototype !== null && prototype !== Object.prototype;
}

/** The name that is the fewest slips away, if a third of the letters, or three, are right to be slips. */
export function nearest(name: string, names: readonly string[]): string | undefined {
  const mostSlips = Math.min(3, Math.ceil(name.length / 3));
  for (let slips = 0; slips <= mostSlips; slips += 1) {
    const found = names.find((known) => isWithin(slips, name.toLowerCase(), known.toLowerCase()));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Does it take no more than so many slips, each a letter too many, missing, wrong, or swapped with the next? */
function isWithin(slips: number, written: string, meant: string): boolean {
  if (written === meant) return true;
  if (slips === 0 || Math.abs(written.length - meant.length) > slips) return false;
  let at = 0;
  while (written[at] === meant[at]) at += 1;
  const isSwapped = written[at] === meant[at + 1] && written[at + 1] === meant[at];
  const rests: readonly (readonly [number, number])[] = [
    [1, 0],
    [0, 1],
    [1, 1],
    ...(isSwapped ? [[2, 2] as const] : []),
  ];
  return rests.some(([past, pastMeant]) => isWithin(slips - 1, written.slice(at + past), meant.slice(at + pastMeant)));
}
