import { setTimeout as pause } from 'node:timers/promises';

import type { FaultProxy } from '../support/fault-proxy.js';
import type { RedisServer } from '../support/redis-server.js';
import { closeRedis, connectRedis } from '../support/redis.js';

/** Of all keys in a history. */
export const PREFIX = 'history';

/** What a fault may be done to. */
export interface Stage {
  readonly server: RedisServer;
  /** The line of each process to the server. */
  readonly lines: readonly FaultProxy[];
  readonly block: (process: number, milliseconds: number) => void;
}

/** One thing that goes wrong for a while. */
export interface Fault {
  readonly name: string;
  /** Does nothing answer the process while no connection closes? */
  readonly silent: 'one process' | 'all processes' | 'no';
  readonly begin: (stage: Stage, process: number, milliseconds: number) => unknown;
  readonly end?: (stage: Stage, process: number) => unknown;
}

const line = ({ lines }: Stage, process: number): FaultProxy => {
  const found = lines[process];
  if (found === undefined) throw new Error(`Expected a line for process ${process}`);
  return found;
};
const mend = (stage: Stage, process: number) => line(stage, process).mend();

export const FAULTS: readonly Fault[] = [
  {
    name: 'Redis hangs',
    silent: 'all processes',
    begin: ({ server }) => {
      server.pause();
    },
    end: ({ server }) => {
      server.resume();
    },
  },
  {
    name: 'Redis is killed, and restarted empty',
    silent: 'no',
    begin: ({ server }) => server.kill(),
    end: ({ server }) => server.start(),
  },
  { name: 'the line is cut (RST)', silent: 'no', begin: (stage, process) => line(stage, process).cut(), end: mend },
  {
    name: 'the subscriber is cut (RST)',
    silent: 'no',
    begin: (stage, process) => line(stage, process).cut({ only: 'subscribers' }),
    end: mend,
  },
  ...(['to client', 'to server', 'both'] as const).map((direction): Fault => ({
    name: `the line swallows what goes ${direction === 'both' ? 'either way' : direction}`,
    silent: 'one process',
    begin: (stage, process) => {
      line(stage, process).blackHole(direction);
    },
    end: mend,
  })),
  {
    name: "the subscriber's line swallows its messages",
    silent: 'no',
    begin: (stage, process) => {
      line(stage, process).blackHole('to client', { only: 'subscribers' });
    },
    end: mend,
  },
  {
    name: 'some messages of the bus are lost',
    silent: 'no',
    begin: (stage, process) => {
      line(stage, process).dropMessages(3);
    },
  },
  {
    name: 'all messages of the bus are lost',
    silent: 'no',
    begin: (stage, process) => {
      line(stage, process).dropMessages(Infinity);
    },
    end: mend,
  },
  {
    name: 'messages of the bus come twice',
    silent: 'no',
    begin: (stage, process) => {
      line(stage, process).duplicateMessages(3);
    },
  },
  {
    name: 'the line is slow',
    silent: 'no',
    begin: (stage, process) => {
      line(stage, process).delay(80);
    },
    end: mend,
  },
  { name: 'subscribers are killed by Redis', silent: 'no', begin: command(['CLIENT', 'KILL', 'TYPE', 'pubsub']) },
  {
    name: 'subscribers are killed for the size of their output buffers',
    silent: 'no',
    begin: command(
      ['CONFIG', 'SET', 'client-output-buffer-limit', 'pubsub 1 0 0'],
      ['PUBLISH', `${PREFIX}:bus`, 'x'.repeat(200_000)],
    ),
    end: command(['CONFIG', 'SET', 'client-output-buffer-limit', 'pubsub 32mb 8mb 60']),
  },
  { name: 'all data is flushed', silent: 'no', begin: command(['FLUSHALL']) },
  { name: 'scripts are flushed', silent: 'no', begin: command(['SCRIPT', 'FLUSH']) },
  {
    name: 'Redis is out of memory',
    silent: 'no',
    begin: command(['CONFIG', 'SET', 'maxmemory', '1']),
    end: command(['CONFIG', 'SET', 'maxmemory', '0']),
  },
  {
    name: 'Redis is read-only',
    silent: 'no',
    begin: command(['REPLICAOF', '127.0.0.1', '1']),
    end: command(['REPLICAOF', 'NO', 'ONE']),
  },
  {
    name: 'the event loop of a process is blocked',
    silent: 'no',
    begin: ({ block }, process, milliseconds) => {
      block(process, milliseconds);
    },
  },
  {
    name: 'the event loops of all processes are blocked for 2 s',
    silent: 'no',
    begin: ({ block, lines }) => {
      for (const process of lines.keys()) block(process, 2_000);
    },
  },
];

/** Past the lines of the processes. */
function command(...commands: readonly (readonly [string, ...string[]])[]): (stage: Stage) => Promise<void> {
  return async ({ server }) => {
    const client = await connectRedis(server.port);
    for (const [name, ...args] of commands) await client.call(name, ...args);
    closeRedis(client);
  };
}

/** One fault, from its beginning to its end. */
export async function suffer(fault: Fault, stage: Stage, process: number, milliseconds: number): Promise<void> {
  await fault.begin(stage, process, milliseconds);
  await pause(milliseconds);
  await fault.end?.(stage, process);
}
