import type { RoundOutcome } from './history-run.js';

/** What a round showed, on one line. */
export function describeOutcome(outcome: RoundOutcome): string {
  const { reports, violations, wrongAtTheEnd } = outcome;
  const sum = (count: (of: RoundOutcome['reports'][number]) => number) => reports.reduce((n, of) => n + count(of), 0);
  return [
    `${sum((of) => of.reads.length)} reads`,
    `${sum((of) => of.writes.length)} writes`,
    `${sum((of) => of.loads)} loads`,
    `slowest read ${slowestOf(outcome).toFixed(0)} ms`,
    `too old ${violations.length}`,
    `perhaps lost by a failover ${outcome.excused}`,
    `invalidations lost ${wrongAtTheEnd.length}`,
  ].join(', ');
}

export function slowestOf({ reports }: RoundOutcome): number {
  return Math.max(...reports.map(({ slowest }) => slowest));
}

/** Each with the time in which it happened, in seconds since the round began. */
export function describeFaults({ faults, startedAt }: RoundOutcome): string {
  const describe = ({ name, from, to }: RoundOutcome['faults'][number]) =>
    `${name} (${inSeconds(from - startedAt)} to ${inSeconds(to - startedAt)} s)`;
  return faults.map(describe).join('; ');
}

export function inSeconds(milliseconds: number): string {
  return (milliseconds / 1_000).toFixed(1);
}
