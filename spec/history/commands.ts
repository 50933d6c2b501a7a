import { closeRedis, connectRedis } from '../support/redis.js';

export type Command = readonly [string, ...string[]];

/** Sent past the lines of the processes, one after the other; resolves to the replies. */
export async function command(port: number, ...commands: readonly Command[]): Promise<unknown[]> {
  const client = await connectRedis(port);
  try {
    const replies: unknown[] = [];
    for (const [name, ...args] of commands) replies.push(await client.call(name, ...args));
    return replies;
  } finally {
    closeRedis(client);
  }
}
