import { parseArgs } from 'node:util';

import { nearest } from '../known-names.js';
import { toMilliseconds, type Duration } from '../time/duration.js';
import type { OptionTable } from './option-table.js';
import { wrongUsage } from './failure.js';

/** What a command was given, checked against its options. */
export class Given {
  readonly positionals: readonly string[];
  readonly #texts: ReadonlyMap<string, readonly string[]>;
  readonly #flags: ReadonlySet<string>;

  /** @throws Failure for an option that is unknown, lacks its value, or may have none */
  constructor(args: readonly string[], options: OptionTable) {
    const texts = new Map<string, string[]>();
    const flags = new Set<string>();
    const { tokens, positionals } = tokenize(args, options);
    for (const { name, rawName, value, inlineValue } of tokens) {
      const terms = Object.hasOwn(options, name) ? options[name] : undefined;
      if (terms === undefined) throw unknown(rawName, name, options);
      if (terms.value === undefined) {
        if (value !== undefined) throw wrongUsage(`${rawName} takes no value`);
        flags.add(name);
      } else {
        if (!isValue(value, inlineValue)) throw wrongUsage(`${rawName} needs a value: ${terms.value}`, hintOn(value));
        const earlier = texts.get(name) ?? [];
        if (terms.many !== true && earlier.length > 0) throw wrongUsage(`${rawName} may be given once only`);
        texts.set(name, [...earlier, value]);
      }
    }
    this.positionals = positionals;
    this.#texts = texts;
    this.#flags = flags;
  }

  flag(name: string): boolean {
    return this.#flags.has(name);
  }

  text(name: string): string | undefined {
    return this.#texts.get(name)?.[0];
  }

  texts(name: string): readonly string[] {
    return this.#texts.get(name) ?? [];
  }

  /**
   * One of `words`, the first where none was given.
   * @throws Failure
   */
  word<W extends string>(name: string, words: readonly [W, ...W[]]): W {
    const text = this.text(name) ?? words[0];
    const word = words.find((each) => each === text);
    if (word !== undefined) return word;
    throw wrongUsage(`--${name} must be one of ${words.join(', ')}; it is ${JSON.stringify(text)}`);
  }

  /**
   * In milliseconds; a number alone is seconds.
   * @throws CacheError `ERR_CACHE_DURATION_INVALID`
   */
  duration(name: string, otherwise: Duration, longest?: Duration): number {
    const text = this.text(name) ?? otherwise;
    const isNumber = typeof text === 'string' && /^\d+(\.\d+)?$/.test(text);
    return toMilliseconds(`--${name}`, isNumber ? Number(text) : text, { zero: false, ...(longest && { longest }) });
  }

  /** @throws Failure */
  count(name: string, otherwise: number): number {
    const text = this.text(name);
    if (text === undefined) return otherwise;
    const count = Number(text);
    if (/^\d+$/.test(text) && Number.isSafeInteger(count) && count > 0) return count;
    throw wrongUsage(`--${name} must be a whole number of at least 1; it is ${JSON.stringify(text)}`);
  }
}

interface OptionToken {
  readonly name: string;
  readonly rawName: string;
  readonly value: string | undefined;
  /** Was it given as `--name=value`? */
  readonly inlineValue: boolean | undefined;
}

/** What looks like an option is one, whose turn would be lost: `--tag --dry-run`. */
function isValue(value: string | undefined, inline: boolean | undefined): value is string {
  return value !== undefined && value !== '' && (inline === true || !value.startsWith('-'));
}

function hintOn(value: string | undefined): string | undefined {
  return value?.startsWith('-') === true ? 'one that begins with - is given with =, as --tag=-x' : undefined;
}

function tokenize(
  args: readonly string[],
  options: OptionTable,
): { readonly tokens: readonly OptionToken[]; readonly positionals: readonly string[] } {
  const config = Object.entries(options).map(([name, { value, short }]) => [
    name,
    { type: value === undefined ? 'boolean' : 'string', ...(short === undefined ? {} : { short }) } as const,
  ]);
  const { tokens, positionals } = parseArgs({
    args: [...args],
    options: Object.fromEntries(config) as Record<string, { type: 'boolean' | 'string' }>,
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  return { tokens: tokens.filter((token) => token.kind === 'option'), positionals };
}

function unknown(rawName: string, name: string, options: OptionTable): Error {
  const meant = nearest(name, Object.keys(options));
  return wrongUsage(`there is no option ${rawName}`, meant === undefined ? undefined : `did you mean --${meant}?`);
}
