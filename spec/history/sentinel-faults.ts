import { setTimeout as pause } from 'node:timers/promises';

import { command, type Command } from './commands.js';
import { during, type Fault, type Stage } from './fault.js';
import { instant } from './instant.js';
import { BUS } from './keys.js';
import { answeredInVain, replicatedAt, unreplicated } from './losses.js';
import type { SentinelBacking } from './sentinel.js';

type OnSentinel = Stage<SentinelBacking>;

/** In milliseconds. A master that does not answer for 500 ms is down. */
const SHORT = 300;

/** The first one is asked first by clients. */
const FIRST = 0;

export const SENTINEL_FAULTS: readonly Fault<SentinelBacking>[] = [
  {
    name: 'the master hangs, shorter than it takes to be down',
    silent: 'all processes',
    happen: async ({ backing: { group } }) => {
      const master = await group.master();
      master.pause();
      await pause(SHORT);
      master.resume();
    },
  },
  {
    name: 'the master hangs, its replica is promoted, and it comes back',
    silent: 'all processes',
    happen: hangAndComeBack,
  },
  { name: 'the master is killed, its replica promoted, and it is restarted', silent: 'no', happen: dieAndComeBack },
  { name: 'the master changes places with its replica', silent: 'no', happen: changePlaces },
  {
    name: 'a sentinel hangs, and the master is killed meanwhile',
    silent: 'no',
    happen: async (stage, process, milliseconds) => {
      const { group } = stage.backing;
      group.pauseSentinel(FIRST);
      await dieAndComeBack(stage, process, milliseconds);
      group.resumeSentinel(FIRST);
      await group.settled();
    },
  },
  {
    name: 'a sentinel is killed, and then the master, and both are restarted',
    silent: 'no',
    happen: async (stage, process, milliseconds) => {
      const { group } = stage.backing;
      await group.killSentinel(FIRST);
      await dieAndComeBack(stage, process, milliseconds);
      await group.restartSentinel(FIRST);
      await group.settled();
    },
  },
  { name: 'scripts are flushed', silent: 'no', happen: during(onMaster(['SCRIPT', 'FLUSH'])) },
  {
    name: 'subscribers are killed by Redis',
    silent: 'no',
    happen: during(onMaster(['CLIENT', 'KILL', 'TYPE', 'pubsub'])),
  },
];

async function dieAndComeBack(
  { backing: { group }, keys, mayLose }: OnSentinel,
  _process: number,
  milliseconds: number,
): Promise<void> {
  const from = await replicatedAt(await group.masterPort(), BUS);
  const dead = await group.killMaster();
  mayLose(unreplicated(new Set(keys), from, instant()));
  await group.successorOf(dead);
  await pause(milliseconds);
  await dead.start();
  await group.demoted(dead);
  await group.settled();
}

async function hangAndComeBack(
  { backing: { group }, keys, mayLose }: OnSentinel,
  _process: number,
  milliseconds: number,
): Promise<void> {
  const master = await group.master();
  const from = await replicatedAt(master.port, BUS);
  master.pause();
  mayLose(unreplicated(new Set(keys), from, instant()));
  await group.successorOf(master);
  await pause(milliseconds);
  const back = instant();
  master.resume();
  await group.demoted(master);
  mayLose(answeredInVain(new Set(keys), back, instant()));
  await group.settled();
}

/** The replica is promoted before the master is told, which answers in vain meanwhile. */
async function changePlaces({ backing: { group }, keys, mayLose }: OnSentinel): Promise<void> {
  const master = await group.master();
  const from = await replicatedAt(master.port, BUS);
  const changed = group.failover();
  await Promise.race([group.demoted(master), changed]);
  mayLose(unreplicated(new Set(keys), from, instant()));
  await changed;
}

function onMaster(order: Command): (stage: OnSentinel) => Promise<unknown> {
  return async ({ backing }) => command(await backing.group.masterPort(), order);
}
