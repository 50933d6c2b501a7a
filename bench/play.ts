import { playEntryBytes } from './entry-bytes/play-entry-bytes.js';
import { playStampede } from './stampede/play-stampede.js';
import { playStale } from './stale-under-load/play-stale.js';
import { playHttp } from './http/play-http.js';
import { describeRun, type Results } from './results.js';
import type { Played, PlayOptions } from './playing.js';
import { playRounds } from './rounds/play-rounds.js';
import type { Scenario } from './scenarios.js';

export async function playScenario(scenario: Scenario, options: PlayOptions): Promise<Results> {
  return { ...describeRun(), scenario: scenario.name, ...(await playByKind(scenario, options)) };
}

function playByKind(scenario: Scenario, options: PlayOptions): Promise<Played> {
  switch (scenario.kind) {
    case 'rounds':
      return playRounds(scenario, options);
    case 'entry-bytes':
      return playEntryBytes(scenario, options);
    case 'stampede':
      return playStampede(scenario, options);
    case 'stale-under-load':
      return playStale(scenario, options);
    case 'http':
      return playHttp(scenario, options);
  }
}
