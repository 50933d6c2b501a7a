import { setTimeout as pause } from 'node:timers/promises';

import { timerLength } from '../../time/timers.js';
import type { Command } from '../command.js';
import { EXIT } from '../exit-code.js';
import { wrongUsage } from '../failure.js';
import type { Given } from '../given.js';
import type { Output } from '../output.js';
import { endpointOf } from '../stats/stats-source.js';
import { TIMEOUT_OPTION, timeoutOf } from '../timeout-option.js';
import { JsonLines } from '../top/json-lines.js';
import { LastLooks } from '../top/last-looks.js';
import { LiveTable } from '../top/live-table.js';
import { lookAt } from '../top/look.js';
import { PlainTables } from '../top/plain-tables.js';
import { SORTS } from '../top/sort.js';
import type { View } from '../top/view.js';
import type { Watch } from '../top/watch.js';

export const top: Command = {
  name: 'top',
  summary: 'Shows what happens in the caches of a service, as it happens',
  usage: ['<url>'],
  details: `The URL answers with JSON, as for doctor: the dashboard, or JSON.stringify(cache.stats()). q or Ctrl+C ends it. Where the
output is no terminal, a table is printed after each interval; with --json a line of JSON.
Columns: calls in a second; the share of them that did not wait for a load; stale values served; loads; how long 99 % of
loads took at the most; time of loading that hits have saved in each second; different keys since counting began; bytes of
a value.`,
  options: {
    interval: { value: '<duration>', says: 'How long to wait between two looks (default 2s)' },
    sort: { value: '<column>', says: `${SORTS.join(', ')} (default calls)` },
    once: { says: 'Look twice, an interval apart, print what happened between, and end' },
    header: { value: "'<name>: <value>'", many: true, says: 'Sent with each request; may be repeated' },
    ...TIMEOUT_OPTION,
  },
  async run(given, output) {
    const watch = watchOf(given);
    const stop = new AbortController();
    const quit = () => {
      stop.abort();
    };
    process.once('SIGINT', quit).once('SIGTERM', quit);
    try {
      await follow(watch, given.flag('json') ? new JsonLines(output) : viewOf(watch, output, quit), stop.signal);
    } finally {
      process.off('SIGINT', quit).off('SIGTERM', quit);
    }
    return EXIT.done;
  },
};

function watchOf(given: Given): Watch {
  const [url, ...others] = given.positionals;
  if (url === undefined || others.length > 0)
    throw wrongUsage('top takes one URL', 'such as freshkeep top http://127.0.0.1:3000/cache');
  const options = { headers: given.texts('header'), timeout: timeoutOf(given) };
  const source = endpointOf(url, options);
  return {
    source,
    interval: intervalOf(given),
    sort: given.word('sort', SORTS),
    once: given.flag('once'),
  };
}

/** More often, the looking itself would be a load. */
const SHORTEST_INTERVAL = 100;

function intervalOf(given: Given): number {
  const interval = given.duration('interval', '2s');
  if (interval >= SHORTEST_INTERVAL) return interval;
  throw wrongUsage(`--interval must be at least ${SHORTEST_INTERVAL} ms`);
}

/**
 * Looks again and again until it is told to stop. An endpoint that has never answered is a mistake of the user; one that answers no more
 * may be restarted.
 */
async function follow({ source, interval, once }: Watch, view: View, stop: AbortSignal): Promise<void> {
  const last = new LastLooks();
  try {
    for (let looks = 1; ; looks += 1) {
      const look = await lookAt(source, last, stop);
      if (hasEnded(stop)) return;
      if ('failure' in look && (looks === 1 || once)) throw look.failure;
      if (!once || looks === 2) view.show(look);
      if (once && looks === 2) return;
      await pause(timerLength(interval), undefined, { signal: stop }).catch(() => undefined);
      if (hasEnded(stop)) return;
    }
  } finally {
    view.close();
  }
}

/** Asked anew: it changes while something is awaited. */
function hasEnded({ aborted }: AbortSignal): boolean {
  return aborted;
}

function viewOf(watch: Watch, output: Output, quit: () => void): View {
  return output.isTerminal && !watch.once ? new LiveTable(watch, output, quit) : new PlainTables(watch, output);
}
