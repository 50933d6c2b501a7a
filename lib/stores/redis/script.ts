import { createHash } from 'node:crypto';

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
