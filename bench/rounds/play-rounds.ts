import { keepCoresAwake } from '../awake-cores.js';
import type { Played, PlayOptions } from '../playing.js';
import type { Absence, Line } from '../results.js';
import type { Round } from './order.js';
import { Player, type Entrant } from './player.js';
import type { RoundsContender, RoundsScenario, RoundsVariant } from './rounds-scenario.js';
import { DEFAULT_SETTING, isSlow, millisecondsOf, workOf, type Setting } from './setting.js';
import { takeTurns, type TurnsOptions } from './turns.js';

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
    const { admitted, absences } = await roster.admit(scenario.contenders, (contender) =>
      needsOf(settingOf(contender)),
    );
    absent.push(...absences.map((absence) => ({ ...absence, variant: variant.name })));
    const entrants = admitted.map((contender) => ({ contender, setting: settingOf(contender) }));
    lines.push(...(await playVariant(variant, entrants, effort)));
  }
  return { lines, absent, extent: extentOf(scenario, effort) };
}

/** Where the calls of a round are not found out in the rounds before, a task warms up by itself. */
function effortOf({ processes, rounds, setting }: RoundsScenario, quick: boolean): Effort {
  const warmUpRounds = setting.calls === undefined ? 15 : 0;
  if (quick) return { processes: 1, rounds: 2, warmUpRounds: Math.min(5, warmUpRounds), weighings: 3 };
  return { processes, rounds, warmUpRounds, weighings: 9 };
}

function mergeSettings(scenario: RoundsScenario, variant: RoundsVariant, contender: RoundsContender): Setting {
  return { ...DEFAULT_SETTING, ...scenario.setting, ...variant.setting, ...contender.setting };
}

function needsOf({ medium, tagged }: Setting) {
  return { medium, tags: tagged };
}

async function playVariant(
  { name }: RoundsVariant,
  parties: readonly { readonly contender: RoundsContender; readonly setting: Setting }[],
  effort: Effort,
): Promise<Line[]> {
  const entrants = parties.map(({ contender, setting }) => ({ setting, work: workOf(contender, setting) }));
  // Where a call waits for a server, most of it would else be the two wake-ups in it.
  const letCoresSleep = entrants.some(({ setting }) => isSlow(setting)) ? keepCoresAwake() : undefined;
  try {
    const played = await takeTurns(entrants, effort);
    const lines: Line[] = [];
    for (const [index, { contender, setting }] of parties.entries()) {
      const allocated = await weigh({ setting, work: workOf(contender, setting) }, effort);
      lines.push({ variant: name, contender: contender.name, series: seriesOf(played[index] ?? [], allocated) });
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

function extentOf({ setting, variants }: RoundsScenario, { processes, rounds }: Effort): string {
  const { calls, ...others } = { ...DEFAULT_SETTING, ...setting, ...variants[0]?.setting };
  const each =
    calls === undefined ? `about ${millisecondsOf(others)} ms` : `${calls} ${calls === 1 ? 'call' : 'calls'}`;
  return `${processes * rounds} rounds of ${each} for each contender, by ${processes} of its processes`;
}
