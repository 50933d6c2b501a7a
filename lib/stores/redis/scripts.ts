import { createHash } from 'node:crypto';

import { BUS_FORMAT } from '../../invalidation/bus-message.js';
import type { RedisClient } from './redis-client.js';

/** Members of every client of ioredis, which its types leave out. By `call` they would not survive auto-pipelining. */
type ScriptClient = RedisClient &
  Record<
    'evalsha' | 'evalshaBuffer' | 'eval' | 'evalBuffer',
    (script: string, keyCount: number, ...args: ScriptArguments) => Promise<unknown>
  >;

type ScriptArguments = readonly (string | number | Buffer)[];

/** How the texts in a reply are given. */
export type ReplyForm = 'text' | 'bytes';

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
    args: ScriptArguments,
    form: ReplyForm = 'bytes',
  ): Promise<unknown> {
    const command = form === 'text' ? 'evalsha' : 'evalshaBuffer';
    try {
      return await (client as ScriptClient)[command](this.#hash, keys.length, ...keys, ...args);
    } catch (error) {
      if (!isMissingScript(error)) throw error;
      return this.runInOrder(client, keys, args, form);
    }
  }

  /** Sent as a whole: carried out in its turn, whatever the server knows. */
  runInOrder(
    client: RedisClient,
    keys: readonly string[],
    args: ScriptArguments,
    form: ReplyForm = 'bytes',
  ): Promise<unknown> {
    const command = form === 'text' ? 'eval' : 'evalBuffer';
    return (client as ScriptClient)[command](this.#text, keys.length, ...keys, ...args);
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

/** KEYS pairs of entry and marker. Of each pair: the payload, what is left of the entry's life, and of the marker's, in ms. */
export const READ_LIVING = new Script(`
local values, found = redis.call('MGET', unpack(KEYS)), {}
for i = 1, #KEYS, 2 do
  local there = values[i]
  found[#found + 1] = there
  found[#found + 1] = there and redis.call('PTTL', KEYS[i]) or 0
  found[#found + 1] = there and redis.call('PTTL', KEYS[i + 1]) or 0
end
return found
`);

/** Needs `payload`, `life` and `ttl` (both in ms; a ttl of 0: no marker). Ends all tickets. */
const WRITE = `
redis.call('DEL', KEYS[2], KEYS[3])
redis.call('SET', KEYS[1], payload, 'PX', life)
if ttl ~= '0' then redis.call('SET', KEYS[2], '', 'PX', ttl) end
`;

/**
 * Needs `bus` (its key), `epoch` (for a bus that has none), `announcement`, `channel`, and `publish` (the command).
 * Where memory is short, Redis refuses commands that need some, but only until a script has written something: so it begins
 * with a deletion. A message that may not be published is missed by those who listen, who find that out by the position.
 * Before Redis 7 there is no SPUBLISH.
 */
const ANNOUNCE = `
redis.call('HDEL', bus, 'nothing')
local sequence = redis.call('HINCRBY', bus, 'sequence', 1)
redis.call('HSETNX', bus, 'epoch', epoch)
local message = '${BUS_FORMAT}' .. redis.call('HGET', bus, 'epoch') .. ' ' .. sequence .. ' ' .. announcement
local published = redis.pcall(publish, channel, message)
if publish == 'SPUBLISH' and type(published) == 'table' then redis.pcall('PUBLISH', channel, message) end
`;

/** KEYS entry, marker, tickets; ARGV payload, life, ttl, ticket. Refused when the ticket has ended. */
export const FILL = new Script(`
if redis.call('SREM', KEYS[3], ARGV[4]) == 0 then return 0 end
local payload, life, ttl = ARGV[1], ARGV[2], ARGV[3]
${WRITE}
return 1
`);

/** KEYS entry, marker, tickets; ARGV payload, life, ttl. No ticket guards it, so it must run in order. */
export const SET = new Script(`
local payload, life, ttl = ARGV[1], ARGV[2], ARGV[3]
${WRITE}
`);

/** {@link SET} that is announced: KEYS the same, bus; ARGV the same, epoch, announcement, channel. */
export const SET_AND_ANNOUNCE = new Script(`
local payload, life, ttl = ARGV[1], ARGV[2], ARGV[3]
${WRITE}
local bus, epoch, announcement, channel, publish = KEYS[4], ARGV[4], ARGV[5], ARGV[6], 'PUBLISH'
${ANNOUNCE}
`);

/** KEYS bus, and all keys to remove, if any; ARGV epoch, announcement, channel, command to publish with. */
export const INVALIDATE = new Script(`
if #KEYS > 1 then redis.call('UNLINK', unpack(KEYS, 2)) end
local bus, epoch, announcement, channel, publish = KEYS[1], ARGV[1], ARGV[2], ARGV[3], ARGV[4]
${ANNOUNCE}
`);
