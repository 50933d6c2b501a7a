import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';

import { Redis } from 'ioredis';

import { findRedisServer } from './redis-binary.mjs';
import { until } from './until.js';
import { findFreePort, startRedis, type RedisServer } from './redis-server.js';
import { closeRedis } from './redis.js';

export interface StartSentinelGroupOptions {
  /** Default: 1. */
  readonly replicas?: number;
  /** Default: 1. Most of them have to agree before they fail over. */
  readonly sentinels?: number;
}

const HOST = '127.0.0.1';
const NAME = 'freshkeep';
const DOWN_AFTER = 500;
const FAILOVER_TIMEOUT = 2_000;
/** Else it looks once a second, introduces itself to others every two, and waits for 10 s when they are split over who leads. */
const PERIODS = Object.entries({
  'info-period': 100,
  'ask-period': 100,
  // Four of these must be longer than a promotion takes: else a sentinel that has not heard of it yet undoes it.
  'publish-period': 400,
  'election-timeout': 500,
}).flat();
const ATTEMPTS = 5;

/** A real master, replicas of it, and the sentinels that watch them, on 127.0.0.1. Resolves once they all know each other. */
export async function startSentinelGroup(options: StartSentinelGroupOptions = {}): Promise<SentinelGroup> {
  const { replicas = 1, sentinels = 1 } = options;
  const servers = await Promise.all(Array.from({ length: 1 + replicas }, () => startServer()));
  const group = new SentinelGroup(servers);
  try {
    await group.replicate();
    await group.watch(sentinels);
    return group;
  } catch (error) {
    await group.stop();
    throw error;
  }
}

export class SentinelGroup {
  readonly name = NAME;
  readonly #servers: readonly RedisServer[];
  #sentinels: SentinelProcess[] = [];
  #quorum = 1;
  /** Those that were paused or killed. */
  readonly #away = new Set<SentinelProcess>();

  constructor(servers: readonly RedisServer[]) {
    this.#servers = servers;
  }

  /** Of all that are, or may become, the master. */
  get ports(): number[] {
    return this.#servers.map(({ port }) => port);
  }

  /** For `new Redis({ sentinels, name })`. */
  get sentinels(): { host: string; port: number }[] {
    return this.#sentinels.map(({ port }) => ({ host: HOST, port }));
  }

  /** Makes the first server the master of the others; called once, by `startSentinelGroup`. */
  async replicate(): Promise<void> {
    const [master, ...replicas] = this.#servers;
    for (const replica of replicas)
      await withClient(replica, async (client) => {
        await client.replicaof(HOST, master!.port);
        await until(async () => (await client.info('replication')).includes('master_link_status:up'));
      });
  }

  /** Starts the sentinels; called once, by `startSentinelGroup`. */
  async watch(count: number): Promise<void> {
    this.#quorum = Math.floor(count / 2) + 1;
    const starts = Array.from({ length: count }, () => SentinelProcess.start(this.#servers[0]!.port, this.#quorum));
    this.#sentinels = await Promise.all(starts);
    await this.settled();
  }

  /** The port of the master that a sentinel names. */
  async masterPort(): Promise<number> {
    return this.#present()[0]!.masterPort();
  }

  /** The server that a sentinel names. It may be dead, when no other has been made the master yet. */
  async master(): Promise<RedisServer> {
    const port = await this.masterPort();
    const master = this.#servers.find((server) => server.port === port);
    if (master === undefined) throw new Error(`Expected a sentinel to name a server of the group, got port ${port}`);
    return master;
  }

  /** SIGKILL. A replica is promoted after a while: `successorOf` waits for that. Restarted, it becomes a replica. */
  async killMaster(): Promise<RedisServer> {
    const master = await this.master();
    await master.kill();
    return master;
  }

  /** What administrators do: the old master lives on, as a replica. Resolves to the new one, once all others follow it. */
  async failover(): Promise<RedisServer> {
    const former = await this.master();
    await this.#present()[0]!.failover();
    const master = await this.successorOf(former);
    await this.settled();
    return master;
  }

  /** SIGSTOP: it accepts connections and says nothing. */
  pauseSentinel(index: number): void {
    const sentinel = this.#sentinels[index]!;
    this.#away.add(sentinel);
    sentinel.signal('SIGSTOP');
  }

  resumeSentinel(index: number): void {
    const sentinel = this.#sentinels[index]!;
    sentinel.signal('SIGCONT');
    this.#away.delete(sentinel);
  }

  async killSentinel(index: number): Promise<void> {
    const sentinel = this.#sentinels[index]!;
    this.#away.add(sentinel);
    await sentinel.stop();
  }

  /** On its port, knowing of nothing but the master; the others tell it of the rest. */
  async restartSentinel(index: number): Promise<void> {
    const dead = this.#sentinels[index]!;
    this.#sentinels[index] = await SentinelProcess.start(await this.masterPort(), this.#quorum, dead.port);
    this.#away.delete(dead);
  }

  /** Resolves once a server that was a master follows its successor. It closes connections as that begins. */
  async demoted(former: RedisServer): Promise<void> {
    await until(async () => !(await isMaster(former).catch(() => true)));
  }

  /** The new master, once all sentinels name it, are done with the failover, and it knows that it is the master. */
  async successorOf(former: RedisServer): Promise<RedisServer> {
    await until(async () => {
      const ports = new Set(await Promise.all(this.#present().map((sentinel) => sentinel.steadyMasterPort())));
      return ports.size === 1 && !ports.has(undefined) && !ports.has(former.port) && isMaster(await this.master());
    });
    return this.master();
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#sentinels, ...this.#servers].map((process) => process.stop()));
  }

  /** Else a sentinel that is still busy with one failover would miss the next. */
  async settled(): Promise<void> {
    for (const sentinel of this.#present())
      await until(() => sentinel.knows(this.#servers.length - 1, this.#sentinels.length - 1));
  }

  #present(): SentinelProcess[] {
    return this.#sentinels.filter((sentinel) => !this.#away.has(sentinel));
  }
}

/**
 * Runs the sentinel ("$@") until standard input ends: that is, when its parent closes it or is gone. See redis-server.ts,
 * which cannot start one, as a sentinel wants a file, and wants it as its first argument. Prints its process id first.
 */
const GUARD = `
trap '' HUP INT TERM
folder=$1; shift
"$@" </dev/null & server=$!
echo $server
cat >/dev/null
kill -KILL $server
wait $server
rm -rf "$folder"
`;

class SentinelProcess {
  readonly port: number;
  readonly #guard: ChildProcessByStdio<Writable, Readable, null>;
  readonly #exited: Promise<unknown>;
  readonly #client: Redis;
  #output = '';

  /** `port`: by default a free one. */
  static async start(masterPort: number, quorum: number, port?: number): Promise<SentinelProcess> {
    for (let attempt = 1; ; attempt += 1) {
      const sentinel = new SentinelProcess(port ?? (await findFreePort()), masterPort, quorum);
      try {
        await sentinel.#answering();
        return sentinel;
      } catch (error) {
        await sentinel.stop();
        // The port may have been taken meanwhile.
        if (attempt === ATTEMPTS) throw error;
      }
    }
  }

  private constructor(port: number, masterPort: number, quorum: number) {
    this.port = port;
    const folder = mkdtempSync(join(tmpdir(), 'freshkeep-sentinel-'));
    const file = join(folder, 'sentinel.conf');
    writeFileSync(file, configuration(port, folder, masterPort, quorum));
    this.#guard = spawn('/bin/sh', ['-c', GUARD, 'sh', folder, binary(), file, '--sentinel'], {
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    this.#exited = once(this.#guard, 'exit');
    this.#guard.stdin.on('error', () => undefined);
    this.#guard.stdout.on('data', (chunk: Buffer) => {
      this.#output = (this.#output + chunk.toString()).slice(0, 10_000);
    });
    this.#client = new Redis(port, HOST, { retryStrategy: () => 20 });
    this.#client.on('error', () => undefined);
    // One that a spec forgot must not keep the run from ending.
    this.#guard.unref();
    for (const stream of [this.#guard.stdin, this.#guard.stdout]) (stream as unknown as Socket).unref();
  }

  async masterPort(): Promise<number> {
    const address = (await this.#command('GET-MASTER-ADDR-BY-NAME', NAME)) as string[] | null;
    return Number(address?.[1]);
  }

  /** undefined while it has anything to say against that master, or replaces it. */
  async steadyMasterPort(): Promise<number | undefined> {
    const master = await this.#command('MASTER', NAME);
    return fieldOf(master, 'flags') === 'master' ? Number(fieldOf(master, 'port')) : undefined;
  }

  /** It has found so many, and could fail over to any of the replicas. */
  async knows(replicas: number, sentinels: number): Promise<boolean> {
    const master = await this.#command('MASTER', NAME);
    const found = (await this.#command('REPLICAS', NAME)) as unknown[];
    return (
      fieldOf(master, 'num-other-sentinels') === String(sentinels) &&
      found.length === replicas &&
      found.every((replica) => fieldOf(replica, 'flags') === 'slave' && fieldOf(replica, 'master-link-status') === 'ok')
    );
  }

  async failover(): Promise<void> {
    await this.#command('FAILOVER', NAME);
  }

  signal(signal: NodeJS.Signals): void {
    process.kill(Number.parseInt(this.#output, 10), signal);
  }

  async stop(): Promise<void> {
    closeRedis(this.#client);
    this.#guard.ref();
    this.#guard.stdin.destroy();
    await this.#exited;
  }

  async #answering(): Promise<void> {
    await until(() => this.#client.status === 'ready').catch(() => {
      throw new Error(`redis-server --sentinel did not answer:\n${this.#output}`);
    });
    await this.#command('DEBUG', ...PERIODS);
  }

  async #command(name: string, ...args: (string | number)[]): Promise<unknown> {
    return this.#client.call('SENTINEL', name, ...args);
  }
}

function configuration(port: number, folder: string, masterPort: number, quorum: number): string {
  return [
    `port ${port}`,
    `bind ${HOST}`,
    `dir ${folder}`,
    `sentinel monitor ${NAME} ${HOST} ${masterPort} ${quorum}`,
    `sentinel down-after-milliseconds ${NAME} ${DOWN_AFTER}`,
    `sentinel failover-timeout ${NAME} ${FAILOVER_TIMEOUT}`,
    '',
  ].join('\n');
}

function binary(): string {
  const path = findRedisServer();
  if (path === undefined)
    throw new Error('Expected redis-server or valkey-server on PATH; `npm test` says how to get it');
  return path;
}

function startServer(): Promise<RedisServer> {
  // Else a replica waits for 5 s whether there are others to be filled with it.
  return startRedis({ args: ['--repl-diskless-sync-delay', '0'] });
}

/** Names and values in turn. */
function fieldOf(fields: unknown, name: string): string | undefined {
  const list = fields as string[];
  return list[list.indexOf(name) + 1];
}

async function isMaster(server: RedisServer): Promise<boolean> {
  return withClient(server, async (client) => (await client.info('replication')).includes('role:master'));
}

/** By a connection of its own, as a server that changes its role closes those that it has. */
async function withClient<T>(server: RedisServer, use: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis(server.port, HOST, { lazyConnect: true, retryStrategy: () => null });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await use(client);
  } finally {
    closeRedis(client);
  }
}
