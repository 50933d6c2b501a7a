import { startRedis, type RedisServer } from '../support/redis-server.js';
import type { Backing, BackingKind, Connection } from './backing.js';
import { command, type Command } from './commands.js';
import { during, type Fault, type Stage } from './fault.js';
import { PREFIX } from './keys.js';
import { Line } from './line.js';

class OneServer implements Backing {
  readonly server: RedisServer;
  readonly lines: readonly Line[];

  static async start(processes: number): Promise<OneServer> {
    const server = await startRedis();
    const lines = await Promise.all(Array.from({ length: processes }, () => Line.start([server.port])));
    return new OneServer(server, lines);
  }

  private constructor(server: RedisServer, lines: readonly Line[]) {
    this.server = server;
    this.lines = lines;
  }

  connection(process: number): Connection {
    return { kind: 'server', port: this.lines[process]!.addressOf(this.server.port).port };
  }

  async stop(): Promise<void> {
    await Promise.all(this.lines.map((line) => line.stop()));
    await this.server.stop();
  }
}

const send = (...commands: readonly Command[]) => {
  return ({ backing }: Stage<OneServer>) => command(backing.server.port, ...commands);
};

const FAULTS: readonly Fault<OneServer>[] = [
  {
    name: 'Redis hangs',
    silent: 'all processes',
    happen: during(
      ({ backing }) => {
        backing.server.pause();
      },
      ({ backing }) => {
        backing.server.resume();
      },
    ),
  },
  {
    name: 'Redis is killed, and restarted empty',
    silent: 'no',
    happen: during(
      ({ backing }) => backing.server.kill(),
      ({ backing }) => backing.server.start(),
    ),
  },
  { name: 'subscribers are killed by Redis', silent: 'no', happen: during(send(['CLIENT', 'KILL', 'TYPE', 'pubsub'])) },
  {
    name: 'subscribers are killed for the size of their output buffers',
    silent: 'no',
    happen: during(
      send(
        ['CONFIG', 'SET', 'client-output-buffer-limit', 'pubsub 1 0 0'],
        ['PUBLISH', `${PREFIX}:bus`, 'x'.repeat(200_000)],
      ),
      send(['CONFIG', 'SET', 'client-output-buffer-limit', 'pubsub 32mb 8mb 60']),
    ),
  },
  { name: 'all data is flushed', silent: 'no', happen: during(send(['FLUSHALL'])) },
  { name: 'scripts are flushed', silent: 'no', happen: during(send(['SCRIPT', 'FLUSH'])) },
  {
    name: 'Redis is out of memory',
    silent: 'no',
    happen: during(send(['CONFIG', 'SET', 'maxmemory', '1']), send(['CONFIG', 'SET', 'maxmemory', '0'])),
  },
  {
    name: 'Redis is read-only',
    silent: 'no',
    happen: during(send(['REPLICAOF', '127.0.0.1', '1']), send(['REPLICAOF', 'NO', 'ONE'])),
  },
];

export const ONE_SERVER: BackingKind<OneServer> = { start: OneServer.start, faults: FAULTS };
