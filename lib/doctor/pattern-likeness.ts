/** What two patterns may differ in and still be meant to be the same. */
export type Difference = 'separators and case' | 'singular and plural too';

/** The same text for patterns that are spelled alike, but for `difference`. */
export function spellingOf(pattern: string, difference: Difference): string {
  const words = pattern
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9{}]+|(?=\{)|(?<=\})/)
    .filter((word) => word !== '');
  return (difference === 'separators and case' ? words : words.map(inSingular)).join(':');
}

function inSingular(word: string): string {
  return word.length > 3 ? word.replace(/s$/, '') : word;
}

/** Those that are spelled alike, where there is more than one. `order:{}` and `orders:{}` may well be two things: whoever asks has to know more. */
export function spelledAlike<T extends { readonly pattern: string }>(all: readonly T[], difference: Difference): T[][] {
  const groups = new Map<string, T[]>();
  for (const each of all) {
    const spelling = spellingOf(each.pattern, difference);
    groups.set(spelling, [...(groups.get(spelling) ?? []), each]);
  }
  return [...groups.values()].filter(({ length }) => length > 1);
}

/** Are all keys of `special` also keys of `general`, which has a part where the other has a literal: `page:{}:en` of `page:{}:{}`? */
export function covers(general: string, special: string): boolean {
  const literals = general.split('{}').map((literal) => literal.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${literals.join('(?:\\{\\}|[\\w.%~-]+)')}$`).test(special);
}
