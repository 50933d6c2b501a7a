import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { Redis } from 'ioredis';

import { findFreePort, startRedis, type RedisServer } from './redis-server.js';
import { until } from './until.js';

export interface StartRedisClusterOptions {
  /** Default: 3, the fewest that can agree on a failover. */
  readonly masters?: number;
  /** Default: 0. */
  readonly replicasPerMaster?: number;
}

export interface BeginMoveSlotOptions {
  /**
   * The keys that are in the slot. `moved`, the default: whatever is asked of the slot is redirected by ASK. `left`: only
   * what is asked about keys that do not exist; commands for some of either kind are told TRYAGAIN.
   */
  readonly keys?: 'moved' | 'left';
}

/** Begun with `beginMoveSlot`. */
export interface SlotMove {
  /** Moves the keys that are left; then the new master has the slot and the others answer MOVED. */
  finish(): Promise<void>;
}

const HOST = '127.0.0.1';
const SLOTS = 16_384;
/** A node that did not answer for that long has failed; a replica stands for election half a second to one second later. */
const NODE_TIMEOUT = 1_000;
/** For so long a replica counts the votes it got. */
const VOTES_COUNT_FOR = 2 * NODE_TIMEOUT;
const ANSWERS_WITHIN = 1_000;
const ATTEMPTS = 5;

/** A real Redis Cluster on 127.0.0.1. Resolves once every node serves and knows all others. Takes 2 s: so long masters wait. */
export async function startRedisCluster(options: StartRedisClusterOptions = {}): Promise<RedisCluster> {
  const { masters = 3, replicasPerMaster = 0 } = options;
  const folder = mkdtempSync(join(tmpdir(), 'freshkeep-cluster-'));
  const starts = Array.from({ length: masters * (1 + replicasPerMaster) }, () => Member.start(folder));
  const cluster = new RedisCluster(await Promise.all(starts), masters, folder);
  try {
    await cluster.join();
    return cluster;
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}

/** The nodes are numbered: first the masters, then the replicas of the first master, of the second and so on. */
export class RedisCluster {
  /** Of those that were masters at the start. */
  readonly ports: readonly number[];
  readonly #members: readonly Member[];
  /** Keeps what nodes know of the cluster, which they need when they are restarted. */
  readonly #folder: string;
  /** Those that were killed or hang, with a slot that each of them had. */
  readonly #away = new Map<number, number>();
  /** When nodes were seen to have been elected. */
  readonly #electedAt = new Map<Member, number>();

  constructor(members: readonly Member[], masters: number, folder: string) {
    this.#members = members;
    this.#folder = folder;
    this.ports = members.slice(0, masters).map(({ server }) => server.port);
  }

  /** For `new Cluster(nodes)`. */
  get nodes(): { host: string; port: number }[] {
    return this.#members.map(({ server }) => ({ host: HOST, port: server.port }));
  }

  node(index: number): RedisServer {
    return this.#member(index).server;
  }

  /** Makes one cluster of nodes that know nothing yet; called once, by `startRedisCluster`. */
  async join(): Promise<void> {
    const masters = this.#members.slice(0, this.ports.length);
    const share = SLOTS / masters.length;
    for (const [index, member] of this.#members.entries()) await member.command('SET-CONFIG-EPOCH', index + 1);
    for (const [index, master] of masters.entries())
      await master.command('ADDSLOTSRANGE', Math.ceil(index * share), Math.ceil((index + 1) * share) - 1);
    for (const member of this.#members)
      for (const { server, busPort } of this.#members)
        if (server !== member.server) await member.command('MEET', HOST, server.port, busPort);
    await until(() => this.#allKnown());
    await this.#replicate();
    await this.settled();
    // A replica is told of to clients once something was replicated, be it a PING.
    for (const member of this.#members) await until(() => member.lists(this.#members.length));
  }

  /** Resolves once all nodes that answer agree on who serves what, and serve it. */
  async settled(): Promise<void> {
    await until(() => this.#agreed());
  }

  /** The number of the node that answers for the slot and sends no one elsewhere. */
  async masterOfSlot(slot: number): Promise<number> {
    const index = await this.#findMaster(slot);
    if (index === undefined) throw new Error(`Expected a master of slot ${slot}, none that answers says it is`);
    return index;
  }

  /** A live migration from beginning to end. */
  async moveSlot(slot: number, toIndex: number): Promise<void> {
    const move = await this.beginMoveSlot(slot, toIndex);
    await move.finish();
  }

  /** A live migration that stops half-way, until it is told to finish. */
  async beginMoveSlot(slot: number, toIndex: number, options: BeginMoveSlotOptions = {}): Promise<SlotMove> {
    const source = this.#member(await this.masterOfSlot(slot));
    const target = this.#member(toIndex);
    await target.command('SETSLOT', slot, 'IMPORTING', source.id);
    await source.command('SETSLOT', slot, 'MIGRATING', target.id);
    if (options.keys !== 'left') await source.migrateKeys(slot, target);
    return {
      finish: async () => {
        await source.migrateKeys(slot, target);
        // The target first: else nobody has the slot for a moment.
        for (const master of new Set([target, source, ...(await this.#masters())]))
          await master.command('SETSLOT', slot, 'NODE', target.id);
      },
    };
  }

  /**
   * A replica that was elected a moment ago, and gave way since, takes the votes of then for those of now (Redis 7.0): it would
   * serve the slots with an epoch that nobody else accepts, for ever. So no master leaves before its replica has forgotten them.
   */
  async votesForgotten(index: number): Promise<void> {
    const { id } = this.#member(index);
    for (const [member, electedAt] of this.#electedAt) {
      const left = electedAt + VOTES_COUNT_FOR - Date.now();
      if (left > 0 && (await member.own())?.masterId === id) await pause(left);
    }
  }

  /** SIGKILL. A replica, if it has one, takes over after a while: `successorOf` waits for that. */
  async killMaster(index: number): Promise<void> {
    await this.#leave(index);
    await this.node(index).kill();
  }

  /** SIGSTOP. After the node timeout the same happens. */
  async pauseMaster(index: number): Promise<void> {
    await this.#leave(index);
    this.node(index).pause();
  }

  /** The number of the node that took over from a master that is away, once all that are left agree on it. */
  async successorOf(index: number): Promise<number> {
    const slot = this.#away.get(index);
    if (slot === undefined) throw new Error(`Expected node ${index} to have been killed or paused`);
    await until(async () => (await this.#findMaster(slot)) !== undefined && (await this.#agreed()));
    const successor = await this.masterOfSlot(slot);
    this.#electedAt.set(this.#member(successor), Date.now());
    return successor;
  }

  /** Starts a master that was killed again, without its data. Resolves once it is a replica, if it was succeeded, and in sync. */
  async restart(index: number): Promise<void> {
    await this.node(index).start();
    this.#away.delete(index);
    await this.whole();
  }

  /** Resolves as soon as a master that was paused and succeeded knows it; until then it answers as if nothing had happened. */
  async resume(index: number): Promise<void> {
    this.node(index).resume();
    this.#away.delete(index);
    await until(async () => (await this.#member(index).own())?.masterId !== undefined);
  }

  /** Resolves once all agree, and each replica could take over. */
  async whole(): Promise<void> {
    await this.settled();
    const masters = await this.#masters();
    const replicas = this.#present().filter((member) => !masters.includes(member));
    for (const replica of replicas) await until(() => replica.isInSync());
  }

  /** What administrators do: its replica and the master change places, and nothing is lost. */
  async failOver(index: number): Promise<void> {
    const master = this.#member(index);
    const replica = await this.#replicaOf(master);
    await replica.command('FAILOVER');
    await until(async () => (await master.own())?.masterId === replica.id);
    this.#electedAt.set(replica, Date.now());
    await this.whole();
  }

  /** The numbers of those that serve slots. */
  async masters(): Promise<number[]> {
    const masters = await this.#masters();
    return masters.map((master) => this.#members.indexOf(master));
  }

  /** First and last of each range that this node serves. */
  async slotRangesOf(index: number): Promise<readonly (readonly [number, number])[]> {
    return (await this.#member(index).own())?.slots ?? [];
  }

  async slotsOf(names: readonly string[]): Promise<number[]> {
    const client = new Redis(this.#present()[0]!.server.port, HOST);
    try {
      return await Promise.all(names.map((name) => client.cluster('KEYSLOT', name)));
    } finally {
      client.disconnect();
    }
  }

  async stop(): Promise<void> {
    await Promise.all(this.#members.map(({ server }) => server.stop()));
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #leave(index: number): Promise<void> {
    const member = this.#member(index);
    const own = await member.own();
    const slot = own?.slots[0]?.[0];
    if (slot === undefined || own?.masterId !== undefined) throw new Error(`Expected node ${index} to serve slots`);
    await this.votesForgotten(index);
    this.#away.set(index, slot);
  }

  async #replicaOf(master: Member): Promise<Member> {
    for (const member of this.#present()) if ((await member.own())?.masterId === master.id) return member;
    throw new Error(`Expected the node on port ${master.server.port} to have a replica`);
  }

  #present(): Member[] {
    return this.#members.filter((_, index) => !this.#away.has(index));
  }

  #member(index: number): Member {
    const member = this.#members[index];
    if (member === undefined) throw new Error(`Expected a node below ${this.#members.length}, got ${index}`);
    return member;
  }

  async #replicate(): Promise<void> {
    const masters = this.ports.length;
    const replicasPerMaster = this.#members.length / masters - 1;
    for (const [index, replica] of this.#members.slice(masters).entries())
      await replica.command('REPLICATE', this.#member(Math.floor(index / replicasPerMaster)).id);
    for (const replica of this.#members.slice(masters)) await until(() => replica.isInSync());
  }

  async #allKnown(): Promise<boolean> {
    const views = await this.#views();
    return views.every((view) => view.length === this.#members.length && view.every(({ settled }) => settled));
  }

  async #agreed(): Promise<boolean> {
    const views = await this.#views();
    const states = await Promise.all(this.#present().map((member) => member.serves()));
    return new Set(views.map(describeView)).size === 1 && !states.includes(false);
  }

  async #masters(): Promise<Member[]> {
    const views = await this.#views();
    const ids = views.flatMap((view) => view.filter(({ myself, masterId }) => myself && masterId === undefined));
    return this.#members.filter(({ id }) => ids.some((own) => own.id === id));
  }

  async #findMaster(slot: number): Promise<number | undefined> {
    const own = (await this.#views()).flatMap((view) => view.filter(({ myself }) => myself));
    const master = own.find(({ slots }) => slots.some(([first, last]) => first <= slot && slot <= last));
    return master && this.#members.findIndex(({ id }) => id === master.id);
  }

  /** What the nodes that answer say. */
  async #views(): Promise<NodeView[][]> {
    const views = await Promise.all(this.#present().map((member) => member.view()));
    return views.filter((view) => view !== undefined);
  }
}

/** What one node says about one node. */
interface NodeView {
  readonly id: string;
  readonly myself: boolean;
  /** It has been met: its identity is known. */
  readonly settled: boolean;
  readonly masterId: string | undefined;
  /** First and last of each range. */
  readonly slots: readonly (readonly [number, number])[];
}

class Member {
  readonly server: RedisServer;
  readonly busPort: number;
  readonly id: string;

  static async start(folder: string): Promise<Member> {
    for (let attempt = 1; ; attempt += 1) {
      const busPort = await findFreePort();
      try {
        const server = await startRedis({ args: clusterArguments(busPort, folder) });
        return new Member(server, busPort, ((await ask(server.port, 'CLUSTER', 'MYID')) as Buffer).toString());
      } catch (error) {
        // The port of the bus may have been taken meanwhile.
        if (attempt === ATTEMPTS) throw error;
      }
    }
  }

  private constructor(server: RedisServer, busPort: number, id: string) {
    this.server = server;
    this.busPort = busPort;
    this.id = id;
  }

  command(name: string, ...args: (string | number)[]): Promise<unknown> {
    return ask(this.server.port, 'CLUSTER', name, ...args);
  }

  /** undefined when it does not answer. */
  async view(): Promise<NodeView[] | undefined> {
    const nodes = await this.#text('CLUSTER', 'NODES').catch(() => undefined);
    return nodes?.trim().split('\n').map(parseNode);
  }

  /** What it says about itself; undefined when it does not answer. */
  async own(): Promise<NodeView | undefined> {
    return (await this.view())?.find(({ myself }) => myself);
  }

  /** undefined when it does not answer. */
  async serves(): Promise<boolean | undefined> {
    const info = await this.#text('CLUSTER', 'INFO').catch(() => undefined);
    return info?.includes('cluster_state:ok');
  }

  /** That many nodes are in what it tells clients. */
  async lists(count: number): Promise<boolean> {
    const slots = (await ask(this.server.port, 'CLUSTER', 'SLOTS')) as [number, number, ...[Buffer, number][]][];
    return new Set(slots.flatMap(([, , ...places]) => places.map(([, port]) => port))).size === count;
  }

  async isInSync(): Promise<boolean> {
    return (await this.#text('INFO', 'replication')).includes('master_link_status:up');
  }

  async migrateKeys(slot: number, target: Member): Promise<void> {
    for (;;) {
      const keys = (await ask(this.server.port, 'CLUSTER', 'GETKEYSINSLOT', slot, 100)) as Buffer[];
      if (keys.length === 0) return;
      await ask(this.server.port, 'MIGRATE', HOST, target.server.port, '', 0, ANSWERS_WITHIN, 'KEYS', ...keys);
    }
  }

  async #text(command: string, ...args: string[]): Promise<string> {
    return ((await ask(this.server.port, command, ...args)) as Buffer).toString();
  }
}

function clusterArguments(busPort: number, folder: string): string[] {
  const options = {
    'cluster-enabled': 'yes',
    'cluster-port': busPort,
    'cluster-config-file': join(folder, `nodes-${busPort}.conf`),
    'cluster-node-timeout': NODE_TIMEOUT,
    // Else a replica waits for 5 s whether there are others to be filled with it.
    'repl-diskless-sync-delay': 0,
    'repl-ping-replica-period': 1,
  };
  return Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
}

/** `<id> <address> <flags> <master> <ping> <pong> <epoch> <link> <slot> <first>-<last> [<slot>-<-<id>] …` */
function parseNode(line: string): NodeView {
  const [id = '', , flags = '', master, , , , , ...slots] = line.split(' ');
  return {
    id,
    myself: flags.split(',').includes('myself'),
    settled: !/handshake|noaddr/.test(flags),
    masterId: master === '-' ? undefined : master,
    slots: slots.filter((range) => !range.startsWith('[')).map(parseRange),
  };
}

function parseRange(range: string): [number, number] {
  const [first, last = first] = range.split('-').map(Number);
  return [Number(first), Number(last)];
}

function describeView(view: readonly NodeView[]): string {
  const nodes = view.map(({ id, masterId, slots }) => JSON.stringify([id, masterId, slots]));
  return nodes.sort().join();
}

/** By a connection of its own, as any node may be away now and back later. Strings are read as bytes. */
async function ask(port: number, command: string, ...args: (string | number | Buffer)[]): Promise<unknown> {
  const client = new Redis(port, HOST, {
    lazyConnect: true,
    retryStrategy: () => null,
    enableReadyCheck: false,
    disableClientInfo: true,
    commandTimeout: ANSWERS_WITHIN,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await client.callBuffer(command, ...args);
  } finally {
    client.disconnect();
  }
}
