import { setTimeout as pause } from 'node:timers/promises';

import { prepareGround } from '../ground.js';
import type { Played, PlayOptions } from '../playing.js';
import type { Absence, Line } from '../results.js';
import type { Contender } from '../scenario.js';
import { CrowdOfProcesses, type Burst } from './crowd-of-processes.js';
import type { StampedeScenario, StampedeVariant } from './stampede-scenario.js';

/** In milliseconds. */
const SOURCE = 200;
/** In seconds: a life that ends while one waits for it, and one that does not. */
const SHORT_TTL = 1;
const LONG_TTL = 60;
/** In milliseconds: then an entry with the short life has expired. */
const UNTIL_STALE = 1_300;
/** Bursts before those that count: with cold code all are slow. */
const WARM_UP = 2;

export async function playStampede(scenario: StampedeScenario, { quick, roster }: PlayOptions): Promise<Played> {
  const repetitions = quick ? 1 : scenario.repetitions;
  const lines: Line[] = [];
  const absent: Absence[] = [];
  for (const variant of scenario.variants) {
    const needs = { medium: variant.medium, stale: variant.entry === 'stale' };
    const party = await roster.admit(variant, scenario.contenders, () => needs);
    absent.push(...party.absent);
    for (const contender of party.admitted) {
      const bursts = await playContender(variant, contender, WARM_UP + repetitions);
      lines.push({ variant: variant.name, contender: contender.name, series: seriesOf(bursts.slice(WARM_UP)) });
    }
  }
  return { lines, absent, extent: `${repetitions} bursts for each contender, each at a new id` };
}

/** A burst at each id. */
async function playContender(variant: StampedeVariant, contender: Contender, ids: number): Promise<Burst[]> {
  const ground = await prepareGround(variant.medium);
  const crowd = await CrowdOfProcesses.start(variant.processes, optionsOf(variant, contender), ground);
  try {
    const bursts: Burst[] = [];
    for (let id = 1; id <= ids; id += 1) {
      if (variant.entry === 'stale') {
        await crowd.warm(id);
        await pause(UNTIL_STALE);
      }
      bursts.push(await crowd.burst(id));
    }
    return bursts;
  } finally {
    await crowd.close();
    await ground.clear();
  }
}

function optionsOf({ medium, callers, entry }: StampedeVariant, { file }: Contender) {
  const life =
    entry === 'stale' ? { ttl: SHORT_TTL, staleWhileRevalidate: LONG_TTL } : { ttl: LONG_TTL, staleWhileRevalidate: 0 };
  return {
    service: { file, medium, ...life, maxEntries: 1_000, prefix: 'bench:' },
    callers,
    sourceMilliseconds: SOURCE,
  };
}

function seriesOf(bursts: readonly Burst[]): Line['series'] {
  return {
    loads: bursts.map(({ loads }) => loads),
    p99Milliseconds: bursts.map(({ p99Milliseconds }) => p99Milliseconds),
    maxMilliseconds: bursts.map(({ maxMilliseconds }) => maxMilliseconds),
  };
}
