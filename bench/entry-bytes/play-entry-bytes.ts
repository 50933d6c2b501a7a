import { join } from 'node:path';

import { Child } from '../child.js';
import type { Played, PlayOptions } from '../playing.js';
import { repeat } from '../repeat.js';
import type { Contender } from '../scenario.js';
import type { EntryBytesScenario } from './entry-bytes-scenario.js';
import type { EntriesOptions } from './weigh-entries.js';

const TTL = 3_600;

export async function playEntryBytes(scenario: EntryBytesScenario, { quick, roster }: PlayOptions): Promise<Played> {
  const { variants, contenders, entries } = scenario;
  const [variant] = variants;
  const processes = quick ? 1 : scenario.processes;
  const { admitted, absent } = await roster.admit(variant, contenders, () => ({ medium: 'memory' }));
  const weights = await repeat(admitted, processes, (contender) => weighEntries(contender, entries));
  return {
    lines: admitted.map(({ name }, index) => ({
      variant: variant.name,
      contender: name,
      series: { bytesPerEntry: weights[index] ?? [] },
    })),
    absent,
    extent: `a new process for each of ${processes} weighings`,
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
