import { setTimeout as pause } from 'node:timers/promises';

import type { ClusterBacking } from './cluster.js';
import { command, type Command } from './commands.js';
import { during, type Fault, type Stage } from './fault.js';
import { instant } from './instant.js';
import { BUS, redisKey } from './keys.js';
import { answeredInVain, replicatedAt, unreplicated } from './losses.js';

type OnCluster = Stage<ClusterBacking>;

/** In milliseconds. A node that does not answer for 1 s has failed. */
const SHORT = 600;

/** Which master something happens to, and whether nobody hears of invalidations while it is silent. */
interface Victim {
  readonly title: string;
  readonly silent: Fault['silent'];
  readonly find: (stage: OnCluster) => Promise<number>;
}

async function masterOfBus({ backing: { cluster } }: OnCluster): Promise<number> {
  const [slot = 0] = await cluster.slotsOf([BUS]);
  return cluster.masterOfSlot(slot);
}

/** Of those that do not have the bus, the one with the key that is asked for most often. */
async function masterOfKeys(stage: OnCluster): Promise<number> {
  const { cluster } = stage.backing;
  const bus = await masterOfBus(stage);
  for (const slot of await cluster.slotsOf(stage.keys.map(redisKey))) {
    const master = await cluster.masterOfSlot(slot);
    if (master !== bus) return master;
  }
  throw new Error('Expected a key that is not with the bus');
}

const VICTIMS: readonly Victim[] = [
  { title: 'the master of the bus', silent: 'all processes', find: masterOfBus },
  { title: 'another master', silent: 'no', find: masterOfKeys },
];

const FAULTS_OF_MASTERS = VICTIMS.flatMap(({ title, silent, find }): Fault<ClusterBacking>[] => [
  {
    name: `${title} hangs, shorter than the node timeout`,
    silent,
    happen: async (stage) => {
      const node = stage.backing.cluster.node(await find(stage));
      node.pause();
      await pause(SHORT);
      node.resume();
    },
  },
  {
    name: `${title} hangs, its replica takes over, and it comes back`,
    silent,
    happen: async (stage, _process, milliseconds) => hangAndComeBack(stage, await find(stage), milliseconds),
  },
  {
    name: `${title} is killed, its replica takes over, and it is restarted`,
    silent: 'no',
    happen: async (stage, _process, milliseconds) => dieAndComeBack(stage, await find(stage), milliseconds),
  },
  {
    name: `${title} changes places with its replica`,
    silent: 'no',
    happen: async (stage) => stage.backing.cluster.failOver(await find(stage)),
  },
]);

export const CLUSTER_FAULTS: readonly Fault<ClusterBacking>[] = [
  ...FAULTS_OF_MASTERS,
  slotsMove('the slots of some keys move', ({ keys }) => keys.slice(0, 3).map(redisKey)),
  slotsMove('the slot of the bus moves', () => [BUS]),
  { name: 'scripts are flushed', silent: 'no', happen: during(onAllNodes(['SCRIPT', 'FLUSH'])) },
  {
    name: 'subscribers are killed by Redis',
    silent: 'no',
    happen: during(onAllNodes(['CLIENT', 'KILL', 'TYPE', 'pubsub'])),
  },
];

async function dieAndComeBack(stage: OnCluster, master: number, milliseconds: number): Promise<void> {
  const { cluster } = stage.backing;
  await beSucceeded(stage, master, () => cluster.killMaster(master));
  await pause(milliseconds);
  await cluster.restart(master);
}

async function hangAndComeBack(stage: OnCluster, master: number, milliseconds: number): Promise<void> {
  const { cluster } = stage.backing;
  const lost = await beSucceeded(stage, master, () => cluster.pauseMaster(master));
  await pause(milliseconds);
  const back = instant();
  await cluster.resume(master);
  stage.mayLose(answeredInVain(lost, back, instant()));
  await cluster.whole();
}

/** Until its replica has taken over; the keys that the master had. */
async function beSucceeded(
  { backing, keys, mayLose }: OnCluster,
  master: number,
  leave: () => Promise<void>,
): Promise<ReadonlySet<string>> {
  const { cluster } = backing;
  const lost = await backing.keysOf(master, keys);
  await cluster.votesForgotten(master);
  const [key] = lost;
  const from = key === undefined ? instant() : await replicatedAt(cluster.node(master).port, redisKey(key));
  await leave();
  mayLose(unreplicated(lost, from, instant()));
  await cluster.successorOf(master);
  return lost;
}

/** Half-way for a while. */
function slotsMove(name: string, of: (stage: OnCluster) => readonly string[]): Fault<ClusterBacking> {
  return {
    name,
    silent: 'no',
    happen: async (stage, _process, milliseconds) => {
      const { cluster } = stage.backing;
      const masters = await cluster.masters();
      const slots = [...new Set(await cluster.slotsOf(of(stage)))];
      const moves = [];
      for (const slot of slots) {
        const from = masters.indexOf(await cluster.masterOfSlot(slot));
        moves.push(await cluster.beginMoveSlot(slot, masters[(from + 1) % masters.length]!));
      }
      await pause(milliseconds);
      for (const move of moves) await move.finish();
      await cluster.settled();
    },
  };
}

function onAllNodes(order: Command): (stage: OnCluster) => Promise<unknown> {
  return ({ backing }) => Promise.all(backing.cluster.nodes.map(({ port }) => command(port, order)));
}
