/** The text of a key, taken apart as far as it can be: `parts` may be arguments or words of the pattern, nobody knows. */
export interface KeyWords {
  /** Does it begin with the scope of a cache? That is a part for certain, and not among `words`. */
  readonly scoped: boolean;
  readonly words: readonly string[];
  /** Between the words, so that there is one less. */
  readonly separators: readonly string[];
}

const SCOPE = /^@[A-Za-z0-9._%-]*:/;
const MAY_STAND_IN_PART = /[A-Za-z0-9._%~-]/;

/** No part can be in the place of a separator, as `keys/key-part.ts` writes parts. */
export function keyWordsOf(text: string): KeyWords {
  const rest = withoutScope(text);
  const words: string[] = [];
  const separators: string[] = [];
  let at = 0;
  for (;;) {
    const end = endOfPart(rest, at);
    words.push(rest.slice(at, end));
    at = end;
    while (at < rest.length && !MAY_STAND_IN_PART.test(rest[at] ?? '')) at += 1;
    if (end === rest.length) break;
    separators.push(rest.slice(end, at));
  }
  return { scoped: rest !== text, words, separators };
}

export function withoutScope(text: string): string {
  return text.replace(SCOPE, '');
}

/** Where the part ends that begins at `from`: it holds some characters, and others within parentheses after a `~` alone. */
export function endOfPart(text: string, from: number): number {
  let at = from;
  while (at < text.length) {
    if (MAY_STAND_IN_PART.test(text[at] ?? '')) at += 1;
    else if (text[at] === '(' && /~[a-z]*$/.test(text.slice(Math.max(from, at - 5), at)))
      at = endOfParentheses(text, at);
    else break;
  }
  return at;
}

/** Behind the one that closes what opens at `from`; at the end where there is none. */
function endOfParentheses(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === '(') depth += 1;
    if (text[at] === ')') depth -= 1;
    if (depth === 0) return at + 1;
  }
  return text.length;
}
