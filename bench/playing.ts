import type { Results } from './results.js';
import type { Roster } from './roster.js';

/** How a scenario is to be played. */
export interface PlayOptions {
  /** Only to see that it runs: little is measured, and it means little. */
  readonly quick: boolean;
  readonly roster: Roster;
}

/** What playing a scenario yields. */
export type Played = Pick<Results, 'lines' | 'absent' | 'extent'>;
