import { join } from 'node:path';

import { seededRandom } from '../../spec/support/random.js';
import { Child } from '../child.js';
import type { Played, PlayOptions } from '../playing.js';
import { shuffled } from '../random.js';
import type { Contender } from '../scenario.js';
import type { EntryBytesScenario } from './entry-bytes-scenario.js';
import type { EntriesOptions } from './weigh-entries.js';

const TTL = 3_600;

export async function playEntryBytes(scenario: EntryBytesScenario, { quick, roster }: PlayOptions): Promise<Played> {
  const [{ name: variant }] = scenario.variants;
  const processes = quick ? 1 : scenario.processes;
  const { admitted, absences } = await roster.admit(scenario.contenders, () => ({ medium: 'memory' }));
  const entrants = admitted.map((contender) => ({ contender, bytesPerEntry: [] as number[] }));
  const random = seededRandom(7);
  for (let process = 0; process < processes; process += 1) {
    for (const { contender, bytesPerEntry } of shuffled(entrants, random)) {
      bytesPerEntry.push(await weighEntries(contender, scenario.entries));
    }
  }
  return {
    lines: entrants.map(({ contender, bytesPerEntry }) => ({
      variant,
      contender: contender.name,
      series: { bytesPerEntry },
    })),
    absent: absences.map((absence) => ({ ...absence, variant })),
    extent: `${processes} processes of each contender`,
  };
}

async function weighEntries({ file }: Contender, entries: number): Promise<number> {
  const service = { file, ttl: TTL, staleWhileRevalidate: 0, maxEntries: entries, prefix: 'bench:' };
  const child = await Child.start<object, number>({
    file: join(import.meta.dirname, 'weigh-entries.ts'),
    argument: { service: { ...service, medium: 'memory' }, entries } satisfies EntriesOptions,
    flags: ['--expose-gc'],
  });
  const bytes = await child.ask({});
  await child.close();
  return bytes;
}
