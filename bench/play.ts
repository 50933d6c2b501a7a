import { describeRun, type Results } from './results.js';
import type { Played, PlayOptions } from './playing.js';
import { playRounds } from './rounds/play-rounds.js';
import type { Scenario } from './scenarios.js';

export async function playScenario(scenario: Scenario, options: PlayOptions): Promise<Results> {
  return { ...describeRun(), scenario: scenario.name, ...(await playByKind(scenario, options)) };
}

function playByKind(scenario: Scenario, options: PlayOptions): Promise<Played> {
  return playRounds(scenario, options);
}
