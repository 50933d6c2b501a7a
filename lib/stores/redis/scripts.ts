import { createHash } from 'node:crypto';

import type { RedisClient } from './redis-client.js';

/** Members of every client of ioredis, which its types leave out. By `call` they would not survive auto-pipelining. */
type ScriptClient = RedisClient &
  Record<
    'evalshaBuffer' | 'evalBuffer',
    (script: string, keyCount: number, ...args: ScriptArguments) => Promise<unknown>
  >;

type ScriptArguments = readonly (string | number | Buffer)[];

/** A Lua script. */
export class Script {
  readonly #text: string;
  readonly #hash: string;

  constructor(text: string) {
    this.#text = text;
    this.#hash = createHash('sha1').update(text).digest('hex');
  }

  async run(
    client: RedisClient,
    keys: readonly string[],
    args: readonly (string | number | Buffer)[],
  ): Promise<unknown> {
    try {
      return await (client as ScriptClient).evalshaBuffer(this.#hash, keys.length, ...keys, ...args);
    } catch (error) {
      if (!isMissingScript(error)) throw error;
      return this.runInOrder(client, keys, args);
    }
  }

  /** Sent as a whole: carried out in its turn, whatever the server knows. */
  runInOrder(client: RedisClient, keys: readonly string[], args: ScriptArguments): Promise<unknown> {
    return (client as ScriptClient).evalBuffer(this.#text, keys.length, ...keys, ...args);
  }
}

function isMissingScript(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('NOSCRIPT');
}

/** KEYS entry, marker, tickets; ARGV ticket, longest load in ms. Answers what a read would. */
export const OPEN = new Script(`
redis.call('SADD', KEYS[3], ARGV[1])
redis.call('PEXPIRE', KEYS[3], ARGV[2])
return redis.call('MGET', KEYS[1], KEYS[2])
`);

/** Needs `payload`, `life` and `ttl` (both in ms; a ttl of 0: no marker). Ends all tickets. */
const WRITE = `
redis.call('DEL', KEYS[2], KEYS[3])
redis.call('SET', KEYS[1], payload, 'PX', life)
if ttl ~= '0' then redis.call('SET', KEYS[2], '', 'PX', ttl) end
return 1
`;

/** KEYS entry, marker, tickets; ARGV payload, life, ttl, ticket. Refused when the ticket has ended. */
export const FILL = new Script(`
if redis.call('SREM', KEYS[3], ARGV[4]) == 0 then return 0 end
local payload, life, ttl = ARGV[1], ARGV[2], ARGV[3]
${WRITE}`);

/** KEYS entry, marker, tickets; ARGV payload, life, ttl. No ticket guards it, so it must run in order. */
export const SET = new Script(`
local payload, life, ttl = ARGV[1], ARGV[2], ARGV[3]
${WRITE}`);
