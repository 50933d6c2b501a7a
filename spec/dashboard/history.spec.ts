import { expect } from 'chai';

import type { Overview, PatternRow } from '../../lib/dashboard/overview.js';
import { History } from '../../lib/dashboard/page/history.js';

const MINUTE = 60_000;

/** A poll of a process that has run for `countedFor`, at `at`. */
function poll(at: number, countedFor: number, calls: number): Overview {
  const row: PatternRow = { pattern: 'user:{}', calls, misses: 0, staleHits: 0, loads: 0, timeSaved: 0, keys: 1 };
  return {
    caches: ['shop'],
    cache: 'shop',
    allowInvalidation: false,
    actions: [],
    at,
    countedFor,
    rows: [row],
    findings: [],
    health: { queuedInvalidations: 0, loads: { running: 0, waiting: 0 } },
  };
}

describe('The history of the page', () => {
  const START = Date.UTC(2026, 0, 1);

  /** Calls a second, by the second in which each interval has ended. */
  function ratesOf(polls: readonly Overview[]): Record<number, number> {
    const history = new History();
    for (const each of polls) history.add(each);
    const { times, calls } = history.rates('user:{}');
    return Object.fromEntries(times.map((time, index) => [time - START / 1_000, calls[index]!]));
  }

  const after = (seconds: number, calls: number) => poll(START + seconds * 1_000, seconds * 1_000, calls);

  it('has what happened between polls, and takes no figures twice', () => {
    expect(ratesOf([after(2, 10), after(4, 30), after(4, 30), after(8, 30)])).to.deep.equal({ 4: 10, 8: 0 });
  });

  it('begins anew where the process was restarted, also if that was long ago', () => {
    const restarted = poll(START + 10 * MINUTE, 5 * MINUTE, 7);
    expect(ratesOf([after(2, 10), after(4, 30), restarted])).to.deep.equal({});
  });

  it('goes on where the clock of the server was set back', () => {
    const back = [poll(START - MINUTE, 6_000, 40), poll(START - MINUTE + 2_000, 8_000, 50)];
    expect(ratesOf([after(2, 10), after(4, 30), ...back])).to.deep.equal({ '-58': 5 });
  });

  it('goes back ten minutes at most, also where nobody has looked meanwhile', () => {
    expect(ratesOf([after(2, 0), after(4, 10), after(602, 20), after(604, 40)])).to.deep.equal({
      602: 10 / 598,
      604: 10,
    });
    expect(ratesOf([after(2, 0), after(4, 10), after(1_000, 20)])).to.deep.equal({});
  });
});
