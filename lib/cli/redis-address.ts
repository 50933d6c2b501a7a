import { wrongUsage } from './failure.js';

/** Where a Redis is, and how to be let in. */
export interface RedisAddress {
  readonly host: string;
  readonly port: number;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly database: number;
  readonly tls: boolean;
  /** For people: without the password. */
  readonly shown: string;
}

export const ADDRESS_EXAMPLE = 'such as redis://127.0.0.1:6379, or rediss://user:password@host:6380/1';

export function isRedisUrl(text: string): boolean {
  return /^rediss?:\/\//i.test(text);
}

/**
 * Of what is wrong nothing is repeated, as it may hold a password.
 * @throws Failure
 */
export function parseRedisUrl(text: string): RedisAddress {
  if (!isRedisUrl(text))
    throw wrongUsage('the address of Redis must begin with redis:// or rediss://', ADDRESS_EXAMPLE);
  const url = toUrl(text);
  const database = url.pathname === '' || url.pathname === '/' ? '0' : url.pathname.slice(1);
  if (!/^\d{1,5}$/.test(database))
    throw wrongUsage('after the port, the address of Redis may have the number of a database alone', ADDRESS_EXAMPLE);
  const host = decoded(url.hostname)?.replace(/^\[(.*)\]$/, '$1');
  if (host === undefined) throw wrongUsage('the address of Redis names no host', ADDRESS_EXAMPLE);
  const port = url.port === '' ? 6_379 : Number(url.port);
  return {
    host,
    port,
    username: decoded(url.username),
    password: decoded(url.password),
    database: Number(database),
    tls: url.protocol === 'rediss:',
    shown: `${url.protocol}//${url.hostname}:${port}${database === '0' ? '' : `/${database}`}`,
  };
}

function toUrl(text: string): URL {
  if (!URL.canParse(text))
    throw wrongUsage(
      'the address of Redis is no URL: % / : @ # and ? in a password are percent-encoded',
      ADDRESS_EXAMPLE,
    );
  return new URL(text);
}

function decoded(part: string): string | undefined {
  if (part === '') return undefined;
  try {
    return decodeURIComponent(part);
  } catch {
    throw wrongUsage('the address of Redis has a % that begins no code: write it as %25', ADDRESS_EXAMPLE);
  }
}
