import { join } from 'node:path';

import { keepCoresAwake } from '../awake-cores.js';
import { Child } from '../child.js';
import { prepareGround } from '../ground.js';
import type { Offer } from '../open-loop/offer.js';
import type { Played, PlayOptions } from '../playing.js';
import { repeat } from '../repeat.js';
import type { Absence, Line } from '../results.js';
import type { HttpContender, HttpScenario } from './http-scenario.js';
import type { ServerOptions, ServerState, Visit, VisitorsOptions } from './order.js';

const USERS = 1_000;
/** In seconds. */
const LIFE = { ttl: 10, staleWhileRevalidate: 60 };
/** In milliseconds, before it counts. */
const WARM_UP = 4_000;

/** What visitors have seen, and what it has cost the server. */
interface Served extends Visit {
  readonly queries: number;
  readonly cpuMicroseconds: number;
}

export async function playHttp(scenario: HttpScenario, { quick, roster }: PlayOptions): Promise<Played> {
  const repetitions = quick ? 1 : scenario.repetitions;
  const milliseconds = quick ? 2_000 : scenario.milliseconds;
  const lines: Line[] = [];
  const absent: Absence[] = [];
  const letCoresSleep = keepCoresAwake();
  try {
    for (const variant of scenario.variants) {
      const offer = { perSecond: variant.perSecond, milliseconds };
      const party = await roster.admit(variant, scenario.contenders, ({ medium }) => ({ medium }));
      absent.push(...party.absent);
      const served = await repeat(party.admitted, repetitions, (contender) => serve(contender, offer));
      for (const [index, { name }] of party.admitted.entries()) {
        lines.push({ variant: variant.name, contender: name, series: seriesOf(served[index] ?? []) });
      }
    }
  } finally {
    letCoresSleep();
  }
  return {
    lines,
    absent,
    extent: `${repetitions} × ${milliseconds / 1_000} s for each line, after ${WARM_UP / 1_000} s of the same`,
  };
}

/** A server and its visitors, each in a process of its own. */
async function serve({ file, medium }: HttpContender, offer: Offer): Promise<Served> {
  const ground = await prepareGround(medium);
  const service = { file, medium, ...LIFE, maxEntries: 10_000, prefix: 'bench:' };
  const server = await Child.start<object, ServerState>({
    file: join(import.meta.dirname, 'server.ts'),
    argument: { service, users: USERS } satisfies ServerOptions,
    environment: ground.environment,
  });
  const { port } = await server.ask({});
  const visitors = await Child.start<Offer, Visit>({
    file: join(import.meta.dirname, 'visitors.ts'),
    argument: { port, users: USERS } satisfies VisitorsOptions,
  });
  try {
    await visitors.ask({ ...offer, milliseconds: WARM_UP });
    const before = await server.ask({});
    const visit = await visitors.ask(offer);
    const after = await server.ask({});
    return {
      ...visit,
      queries: after.queries - before.queries,
      cpuMicroseconds: after.cpuMicroseconds - before.cpuMicroseconds,
    };
  } finally {
    await visitors.close();
    await server.close();
    await ground.clear();
  }
}

function seriesOf(served: readonly Served[]): Line['series'] {
  return {
    p50Milliseconds: served.map(({ latencies }) => latencies.p50),
    p99Milliseconds: served.map(({ latencies }) => latencies.p99),
    p999Milliseconds: served.map(({ latencies }) => latencies.p999),
    maxMilliseconds: served.map(({ latencies }) => latencies.max),
    cpuMicroseconds: served.map(({ cpuMicroseconds, requests }) => cpuMicroseconds / requests),
    queries: served.map(({ queries }) => queries),
  };
}
