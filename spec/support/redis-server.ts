import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { createConnection, createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';

import { findRedisServer } from './redis-binary.mjs';

export interface StartRedisOptions {
  /** Further arguments for the server: `['--maxmemory', '1mb']`. */
  readonly args?: readonly string[];
  /** Default: a free one. */
  readonly port?: number;
}

const READY_WITHIN = 30_000;
const ATTEMPTS = 5;

/**
 * Runs the server ("$@") and kills it as soon as standard input ends: that is, when its parent closes it or is gone, however
 * it died. So no server outlives the specs. It ignores signals, which reach the whole group of processes, to clean up. Prints the server's process id, then what the server prints.
 */
const GUARD = `
trap '' HUP INT TERM
exec 3<&0
folder=$1; shift
"$@" </dev/null 3<&- & server=$!
echo $server
{ cat <&3; kill -KILL $server; } >/dev/null 2>&1 &
wait $server
rm -rf "$folder"
`;

/** A real Redis on 127.0.0.1 that keeps nothing on disk. Resolves once it answers PING. */
export async function startRedis(options: StartRedisOptions = {}): Promise<RedisServer> {
  for (let attempt = 1; ; attempt += 1) {
    const server = new RedisServer(options.port ?? (await findFreePort()), options.args ?? []);
    try {
      await server.start();
      return server;
    } catch (error) {
      // A free port may have been taken meanwhile.
      if (options.port !== undefined || attempt === ATTEMPTS) throw error;
    }
  }
}

/** A Redis whose fate a spec decides. */
export class RedisServer {
  readonly port: number;
  readonly #args: readonly string[];
  #process: ServerProcess | undefined;

  constructor(port: number, args: readonly string[]) {
    this.port = port;
    this.#args = args;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  async start(): Promise<void> {
    this.#process = await ServerProcess.start(this.port, this.#args);
  }

  /** Ends it at once; nothing is to be saved. Does nothing when it does not run. */
  async stop(): Promise<void> {
    await this.#process?.end();
    this.#process = undefined;
  }

  /** SIGKILL: connections break, data is lost. */
  async kill(): Promise<void> {
    this.#process?.signal('SIGKILL');
    await this.stop();
  }

  /** SIGSTOP: connections stay open and are accepted, nothing is answered. */
  pause(): void {
    this.#process?.signal('SIGSTOP');
  }

  /** SIGCONT: what was sent meanwhile is answered now. */
  resume(): void {
    this.#process?.signal('SIGCONT');
  }

  /** The same port, the same arguments, no data. */
  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }
}

class ServerProcess {
  readonly #guard: ChildProcessByStdio<Writable, Readable, null>;
  readonly #exited: Promise<unknown>;
  #output = '';

  static async start(port: number, args: readonly string[]): Promise<ServerProcess> {
    const server = new ServerProcess(port, args);
    await Promise.race([
      server.#answering(port),
      server.#exited.then(() => {
        throw new Error(`redis-server ended at once:\n${server.#output}`);
      }),
    ]);
    return server;
  }

  private constructor(port: number, args: readonly string[]) {
    const folder = mkdtempSync(join(tmpdir(), 'freshkeep-redis-'));
    const server = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', '', '--appendonly', 'no'];
    this.#guard = spawn('/bin/sh', ['-c', GUARD, 'sh', folder, redisServerPath(), ...server, ...args], {
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    this.#exited = once(this.#guard, 'exit').finally(() => this.#guard.stdin.destroy());
    this.#guard.stdin.on('error', () => undefined);
    this.#guard.stdout.on('data', (chunk: Buffer) => {
      this.#output = (this.#output + chunk.toString()).slice(0, 10_000);
    });
    this.#letGo();
  }

  signal(signal: NodeJS.Signals): void {
    process.kill(Number.parseInt(this.#output, 10), signal);
  }

  async end(): Promise<void> {
    this.#guard.ref();
    this.#guard.stdin.destroy();
    await this.#exited;
  }

  /** A server that a spec forgot must not keep the run from ending. */
  #letGo(): void {
    this.#guard.unref();
    for (const stream of [this.#guard.stdin, this.#guard.stdout]) (stream as unknown as Socket).unref();
  }

  async #answering(port: number): Promise<void> {
    const deadline = Date.now() + READY_WITHIN;
    while (!(await answersPing(port))) {
      if (Date.now() > deadline) {
        await this.end();
        throw new Error(`redis-server did not answer PING within ${READY_WITHIN} ms:\n${this.#output}`);
      }
      await pause(10);
    }
  }
}

function redisServerPath(): string {
  const path = findRedisServer();
  if (path === undefined)
    throw new Error('Expected redis-server or valkey-server on PATH; `npm test` says how to get it');
  return path;
}

function answersPing(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(port, '127.0.0.1');
    const settle = (answered: boolean) => {
      socket.destroy();
      resolve(answered);
    };
    socket.setTimeout(1_000, () => {
      settle(false);
    });
    socket.on('error', () => {
      settle(false);
    });
    socket.on('data', (reply) => {
      settle(reply.toString().startsWith('+PONG'));
    });
    socket.write('PING\r\n');
  });
}

/** A port on which nothing listens now: for a server, or to find nobody there. */
export async function findFreePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}
