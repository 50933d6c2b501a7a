import { join } from 'node:path';

import { Child } from '../child.js';
import { prepareGround } from '../ground.js';
import type { Offer } from '../open-loop/offer.js';
import type { Played, PlayOptions } from '../playing.js';
import { repeat } from '../repeat.js';
import type { Absence, Line } from '../results.js';
import type { CallersOptions, Served } from './order.js';
import type { StaleContender, StaleScenario, StaleVariant } from './stale-scenario.js';

const KEYS = 20;
/** In milliseconds. */
const SOURCE = 50;
/** In seconds. */
const TTL = 1;
const STALE = 10;
/** In milliseconds, before it counts: until all entries are there, and have been refreshed. */
const WARM_UP = 2_500;

export async function playStale(scenario: StaleScenario, { quick, roster }: PlayOptions): Promise<Played> {
  const { perSecond } = scenario;
  const repetitions = quick ? 1 : scenario.repetitions;
  const offer = { perSecond, milliseconds: quick ? 3_000 : scenario.milliseconds };
  const lines: Line[] = [];
  const absent: Absence[] = [];
  for (const variant of scenario.variants) {
    const needsOf = ({ servesStale }: StaleContender) => ({ medium: variant.medium, stale: servesStale });
    const party = await roster.admit(variant, scenario.contenders, needsOf);
    absent.push(...party.absent);
    const served = await repeat(party.admitted, repetitions, (contender) => serve(variant, contender, offer));
    for (const [index, { name }] of party.admitted.entries()) {
      lines.push({ variant: variant.name, contender: name, series: seriesOf(served[index] ?? []) });
    }
  }
  const each = `${repetitions} × ${offer.milliseconds / 1_000} s for each contender`;
  return { lines, absent, extent: `${each}, ${perSecond.toLocaleString('en')} calls per second` };
}

async function serve({ medium }: StaleVariant, { file, servesStale }: StaleContender, offer: Offer): Promise<Served> {
  const ground = await prepareGround(medium);
  const life = { ttl: TTL, staleWhileRevalidate: servesStale ? STALE : 0 };
  const service = { file, medium, ...life, maxEntries: 1_000, prefix: 'bench:' };
  const child = await Child.start<Offer, Served>({
    file: join(import.meta.dirname, 'callers.ts'),
    argument: { service, keys: KEYS, sourceMilliseconds: SOURCE } satisfies CallersOptions,
    environment: ground.environment,
  });
  try {
    await child.ask({ ...offer, milliseconds: WARM_UP });
    return await child.ask(offer);
  } finally {
    await child.close();
    await ground.clear();
  }
}

function seriesOf(served: readonly Served[]): Line['series'] {
  return {
    p50Milliseconds: served.map(({ all }) => all.p50),
    p99Milliseconds: served.map(({ all }) => all.p99),
    p999Milliseconds: served.map(({ all }) => all.p999),
    maxMilliseconds: served.map(({ all }) => all.max),
    p50AroundExpiry: served.map(({ aroundExpiry }) => aroundExpiry.p50),
    p99AroundExpiry: served.map(({ aroundExpiry }) => aroundExpiry.p99),
    maxAroundExpiry: served.map(({ aroundExpiry }) => aroundExpiry.max),
    loads: served.map(({ loads }) => loads),
  };
}
