import { createHash } from 'node:crypto';

import type { RedisClient } from './redis-client.js';

/** A Lua script, called by its hash; a server that does not know it yet, or any more, gets its text. */
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
      return await client.callBuffer('EVALSHA', this.#hash, keys.length, ...keys, ...args);
    } catch (error) {
      if (!isMissingScript(error)) throw error;
      return client.callBuffer('EVAL', this.#text, keys.length, ...keys, ...args);
    }
  }
}

function isMissingScript(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('NOSCRIPT');
}

/** The entry and its remaining life; a key of another type is an unreadable entry, which the next fill replaces. */
const LOOK = `
local function look(key)
  local payload = redis.pcall('GET', key)
  if type(payload) == 'table' and payload.err then return {'', -1} end
  if payload == false then return false end
  return {payload, redis.call('PTTL', key)}
end
`;

/** KEYS entry */
export const READ = new Script(`${LOOK}
return look(KEYS[1])
`);

/** KEYS entry, tickets; ARGV ticket, longest load in ms */
export const OPEN = new Script(`${LOOK}
redis.call('SADD', KEYS[2], ARGV[1])
redis.call('PEXPIRE', KEYS[2], ARGV[2])
return look(KEYS[1])
`);

/** KEYS entry, tickets; ARGV ticket, payload, life in ms. Refused when the ticket has ended; ends all others. */
export const FILL = new Script(`
if redis.call('SREM', KEYS[2], ARGV[1]) == 0 then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
redis.call('DEL', KEYS[2])
return 1
`);

/** KEYS entry, tickets; ARGV payload, life in ms */
export const SET = new Script(`
redis.call('DEL', KEYS[2])
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
`);
