import { keepCoresAwake } from '../awake-cores.js';
import type { Played, PlayOptions } from '../playing.js';
import type { Absence, Line } from '../results.js';
import type { Round } from './order.js';
import { Player, type Entrant } from './player.js';
import type { RoundsContender, RoundsScenario, RoundsVariant } from './rounds-scenario.js';
import { DEFAULT_SETTING, isSlow, workOf, type Setting } from './setting.js';
import { takeTurns, type TurnsOptions } from './turns.js';

interface NamedEntrant extends Entrant {
  readonly name: string;
}

/** How much is done. */
interface Effort extends TurnsOptions {
  readonly weighings: number;
}

export async function playRounds(scenario: RoundsScenario, { quick, roster }: PlayOptions): Promise<Played> {
  const effort = effortOf(scenario, quick);
  const lines: Line[] = [];
  const absent: Absence[] = [];
  for (const variant of scenario.variants) {
    const settingOf = (contender: RoundsContender) => mergeSettings(scenario, variant, contender);
    const party = await roster.admit(variant, scenario.contenders, (contender) => needsOf(settingOf(contender)));
    absent.push(...party.absent);
    const entrants = party.admitted.map((contender) => entrantOf(contender, settingOf(contender)));
    lines.push(...(await playVariant(variant, entrants, effort)));
  }
  return { lines, absent, extent: extentOf(scenario, effort) };
}

/** Where calls are counted out, a round takes as long as its task needs to prepare them: one has to do for warming up. */
function effortOf({ processes, rounds, setting }: RoundsScenario, quick: boolean): Effort {
  const warmUpRounds = setting.calls === undefined ? 15 : 1;
  if (quick) return { processes: 1, rounds: 2, warmUpRounds: Math.min(5, warmUpRounds), weighings: 3 };
  return { processes, rounds, warmUpRounds, weighings: 9 };
}

function mergeSettings(scenario: RoundsScenario, variant: RoundsVariant, contender: RoundsContender): Setting {
  return { ...DEFAULT_SETTING, ...scenario.setting, ...variant.setting, ...contender.setting };
}

function needsOf({ medium, tagged }: Setting) {
  return { medium, tags: tagged };
}

function entrantOf(contender: RoundsContender, setting: Setting): NamedEntrant {
  return { name: contender.name, setting, work: workOf(contender, setting) };
}

async function playVariant(
  { name: variant }: RoundsVariant,
  entrants: readonly NamedEntrant[],
  effort: Effort,
): Promise<Line[]> {
  // Where a call waits for a server, most of it would else be the two wake-ups in it.
  const letCoresSleep = entrants.some(({ setting }) => isSlow(setting)) ? keepCoresAwake() : undefined;
  try {
    const played = await takeTurns(entrants, effort);
    const lines: Line[] = [];
    for (const [index, entrant] of entrants.entries()) {
      const series = seriesOf(played[index] ?? [], await weigh(entrant, effort));
      lines.push({ variant, contender: entrant.name, series });
    }
    return lines;
  } finally {
    letCoresSleep?.();
  }
}

async function weigh(entrant: Entrant, { weighings, warmUpRounds }: Effort): Promise<number[]> {
  if (entrant.setting.weighedCalls === 0) return [];
  const player = await Player.startWeighing(entrant);
  try {
    for (let round = 0; round < warmUpRounds; round += 1) await player.warmUp();
    const weights: number[] = [];
    for (let round = 0; round < weighings; round += 1) weights.push((await player.play()).bytes);
    return weights;
  } finally {
    await player.close();
  }
}

function seriesOf(rounds: readonly Round[], allocatedBytes: readonly number[]): Line['series'] {
  return {
    nanoseconds: rounds.map(({ nanoseconds }) => nanoseconds),
    cpuMicroseconds: rounds.map(({ cpuMicroseconds }) => cpuMicroseconds),
    p99Milliseconds: rounds.flatMap(({ p99Milliseconds }) => p99Milliseconds ?? []),
    allocatedBytes,
  };
}

function extentOf({ setting }: RoundsScenario, { processes, rounds }: Effort): string {
  const calls = setting.calls === undefined ? '' : ` of ${setting.calls} ${setting.calls === 1 ? 'call' : 'calls'}`;
  return `${processes * rounds} rounds${calls} for each contender, by ${processes} of its processes`;
}
