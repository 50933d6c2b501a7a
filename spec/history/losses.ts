import { command } from './commands.js';
import type { Instant, Loss } from './history.js';
import { instant } from './instant.js';

/** How long the answer of a server may be on its way to the process that notes it. */
const ON_THE_WAY = 100;

/** How long a replica may take to have everything, and how often that is tried, as one that has just been started first copies all. */
const PATIENCE = 2_000;
const ATTEMPTS = 10;

/**
 * An instant before which nothing was answered by the master on `port` that its replica does not have. `key` is one of the master's: what
 * is written there last has arrived only when all before it has.
 */
export async function replicatedAt(port: number, key: string): Promise<Instant> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const at = instant();
    const [, replicas] = await command(
      port,
      ['SET', `${key}:probe`, '', 'PX', '1000'],
      ['WAIT', '1', String(PATIENCE)],
    );
    if (Number(replicas) >= 1) return at;
  }
  throw new Error(`Expected the master on port ${port} to have a replica that follows it`);
}

/** Of a master that is replaced, by what it answered from {@link replicatedAt} until `to`. */
export function unreplicated(keys: ReadonlySet<string>, from: Instant, to: Instant): Loss {
  return { keys, from, to: to + ON_THE_WAY };
}

/** By what a master answers that has come back from a long sleep, before it knows that it was replaced. */
export function answeredInVain(keys: ReadonlySet<string>, from: Instant, to: Instant): Loss {
  return { keys, from, to: to + ON_THE_WAY };
}
