import { keyWordsOf, type KeyWords } from './key-words.js';

/** A shortened key has its pattern in it (`keys/cache-key.ts`). */
const SHORTENED = /^(.*)~sha256-[0-9a-f]{64}$/s;

/** More different words than this in one place are arguments. The first word names what a key is of, so there may be many. */
const MOST_FIRST_WORDS = 100;
const MOST_WORDS = 10;

/** More numbers than this after the same word are arguments: `item-1`, `item-2` … but `v1`, `v2` are names. */
const MOST_NUMBERS = 3;

/** What hardly anybody writes into a pattern: numbers, dates, addresses; UUIDs, hashes, random ids; what was escaped, or is no string. */
const VALUES = [
  /^[\d._-]*\d[\d._-]*$/,
  /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i,
  /^(?=.*\d)[0-9a-f]{16,}$/i,
  /^(?=.*\d)(?=.*[A-Za-z])[\w-]{20,}$/,
  /[%~(]/,
];

/**
 * A pattern for each of the keys. Redis has keys alone, so it is a guess, from what varies where: parts of a key that look like
 * values, and places at which there are many different words, become `{}`.
 */
export function derivePatterns(texts: Iterable<string>): Map<string, string> {
  const patterns = new Map<string, string>();
  const alike = new Map<string, Item[]>();
  for (const text of texts) {
    const shortened = SHORTENED.exec(text)?.[1];
    if (shortened !== undefined) {
      patterns.set(text, shortened.replaceAll('*', '{}'));
      continue;
    }
    const words = keyWordsOf(text);
    const form = JSON.stringify([words.scoped, words.separators]);
    const items = alike.get(form) ?? [];
    items.push({ text, words });
    alike.set(form, items);
  }
  for (const items of alike.values()) nameFrom(0, items[0]?.words.scoped === true ? '@{}:' : '', items, patterns);
  return patterns;
}

interface Item {
  readonly text: string;
  readonly words: KeyWords;
}

/** Keys that have `pattern` in common up to the word at `at`, and the same separators. */
function nameFrom(at: number, pattern: string, items: readonly Item[], patterns: Map<string, string>): void {
  const [first] = items;
  if (first === undefined) return;
  if (at === first.words.words.length) {
    for (const { text } of items) patterns.set(text, pattern);
    return;
  }
  const names = namesOf(new Set(items.map(({ words }) => words.words[at] ?? '')), at);
  const separator = first.words.separators[at] ?? '';
  for (const [name, within] of groupBy(items, ({ words }) => names.get(words.words[at] ?? '') ?? ''))
    nameFrom(at + 1, pattern + name + separator, within, patterns);
}

/** How each of the words that stand in one place is written in a pattern. */
function namesOf(words: ReadonlySet<string>, at: number): Map<string, string> {
  const names = new Map<string, string>();
  for (const word of words) names.set(word, VALUES.some((value) => value.test(word)) ? '{}' : word);
  const named = () => [...words].filter((word) => names.get(word) === word);
  for (const [stem, numbered] of groupBy(named(), stemOf))
    if (stem !== '' && numbered.length > MOST_NUMBERS) for (const word of numbered) names.set(word, `${stem}{}`);
  if (named().length > (at === 0 ? MOST_FIRST_WORDS : MOST_WORDS)) for (const word of named()) names.set(word, '{}');
  return names;
}

/** What is before the number at its end. */
function stemOf(word: string): string {
  return /^(.*[^0-9])\d+$/.exec(word)?.[1] ?? '';
}

function groupBy<T>(items: readonly T[], nameOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const name = nameOf(item);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [item]);
    else group.push(item);
  }
  return groups;
}
