import type { Backing, BackingKind } from './backing.js';
import { during, type Fault, type Stage } from './fault.js';
import type { Line } from './line.js';

const lineOf = ({ backing }: Stage<Backing>, process: number): Line => {
  const found = backing.lines[process];
  if (found === undefined) throw new Error(`Expected a line for process ${process}`);
  return found;
};
const mend = (stage: Stage<Backing>, process: number) => lineOf(stage, process).mend();

/** What happens to the line of one process, and to processes themselves, whatever is behind. */
export const LINE_FAULTS: readonly Fault[] = [
  {
    name: 'the line is cut (RST)',
    silent: 'no',
    happen: during((stage, process) => lineOf(stage, process).cut(), mend),
  },
  {
    name: 'the subscriber is cut (RST)',
    silent: 'no',
    happen: during((stage, process) => lineOf(stage, process).cut({ only: 'subscribers' }), mend),
  },
  ...(['to client', 'to server', 'both'] as const).map((direction): Fault => ({
    name: `the line swallows what goes ${direction === 'both' ? 'either way' : direction}`,
    silent: 'one process',
    happen: during((stage, process) => {
      lineOf(stage, process).blackHole(direction);
    }, mend),
  })),
  {
    name: "the subscriber's line swallows its messages",
    silent: 'no',
    happen: during((stage, process) => {
      lineOf(stage, process).blackHole('to client', { only: 'subscribers' });
    }, mend),
  },
  {
    name: 'some messages of the bus are lost',
    silent: 'no',
    happen: during((stage, process) => {
      lineOf(stage, process).dropMessages(3);
    }),
  },
  {
    name: 'all messages of the bus are lost',
    silent: 'no',
    happen: during((stage, process) => {
      lineOf(stage, process).dropMessages(Infinity);
    }, mend),
  },
  {
    name: 'messages of the bus come twice',
    silent: 'no',
    happen: during((stage, process) => {
      lineOf(stage, process).duplicateMessages(3);
    }),
  },
  {
    name: 'the line is slow',
    silent: 'no',
    happen: during((stage, process) => {
      lineOf(stage, process).delay(80);
    }, mend),
  },
  {
    name: 'the event loop of a process is blocked',
    silent: 'no',
    happen: during(({ block }, process, milliseconds) => {
      block(process, milliseconds);
    }),
  },
  {
    name: 'the event loops of all processes are blocked for 2 s',
    silent: 'no',
    happen: during(({ backing, block }) => {
      for (const process of backing.lines.keys()) block(process, 2_000);
    }),
  },
];

/** What can happen, to the servers or on the way to them. */
export function allFaults<B extends Backing>(kind: BackingKind<B>): readonly Fault<B>[] {
  return [...kind.faults, ...LINE_FAULTS];
}
