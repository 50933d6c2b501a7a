import { readFile } from 'node:fs/promises';
import { text as textOf } from 'node:stream/consumers';

import type { CacheStats } from '../../cache/cache-stats.js';
import { wrongUsage } from '../failure.js';
import { HttpJson, isHttpUrl, type HttpOptions } from './http-json.js';
import { statsIn } from './stats-in.js';

/** Where the statistics of caches come from. */
export interface StatsSource {
  /** For people, without secrets. */
  readonly shown: string;
  /** @throws Failure (rejects) */
  read(stop?: AbortSignal): Promise<readonly CacheStats[]>;
}

/**
 * An http(s) URL, `-` for standard input, or a file.
 * @throws Failure
 */
export function statsSourceOf(text: string, options: HttpOptions): StatsSource {
  if (isHttpUrl(text)) return endpointOf(text, options);
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(text))
    throw wrongUsage('statistics come from a file, or an address that begins with http:// or https://');
  const shown = text === '-' ? 'standard input' : text;
  const read = () => (text === '-' ? textOf(process.stdin) : readText(text));
  return { shown, read: async () => statsIn(parse(await read(), shown), shown) };
}

/** @throws Failure */
export function endpointOf(text: string, options: HttpOptions): StatsSource {
  if (!isHttpUrl(text)) throw wrongUsage('expected an address that begins with http:// or https://');
  const address = new HttpJson(text, options);
  return { shown: address.shown, read: async (stop) => statsIn(await address.ask(stop), address.shown) };
}

async function readText(path: string): Promise<string> {
  try {
    return withoutMark(await readFile(path, 'utf8'));
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    throw wrongUsage(`cannot read the file${shownOf(path)}: ${REASONS[code] ?? code}`, hintFor(path));
  }
}

/** An address without what it begins with may hold a password. */
const WITH_PASSWORD = /:[^@]*@/;

function shownOf(path: string): string {
  return WITH_PASSWORD.test(path) ? '' : ` ${path}`;
}

/** `localhost:3000/cache`, `http:/localhost` */
function hintFor(path: string): string | undefined {
  const isAddress = WITH_PASSWORD.test(path) || /^[\w.-]+:\d+(\/|$)|^https?:/i.test(path);
  return isAddress ? 'an address begins with http:// or https://' : undefined;
}

/** Some editors begin a file with a byte order mark, which is none of it. */
function withoutMark(text: string): string {
  return text.replace(/^\uFEFF/, '');
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is none',
  EACCES: 'you may not read it',
  EISDIR: 'it is a folder',
};

function parse(text: string, shown: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw wrongUsage(`${shown} holds no JSON`, 'expected what JSON.stringify(cache.stats()) gives');
  }
}
