import type { Entry } from '../entry/entry.js';
import type { CacheKey } from '../keys/cache-key.js';
import type { Lease } from '../locks/refresh-lock.js';
import { elect, type ElectionContext } from './election.js';
import { fillAfterLoad, type FillContext } from './fill.js';
import type { LoadJob } from './load-job.js';
import type { Turn } from './load-slots.js';
import { LoadingScope } from './loading-scope.js';
import type { Flight, Loaded } from './single-flight.js';

export interface LoadContext extends ElectionContext, FillContext {
  /** The cache, in whose name the load runs. */
  readonly owner: object;
  readonly invalidate: (key: CacheKey) => void;
}

/** `held`: another process is refreshing this key. */
export type LoadOutcome = Loaded | 'held';

/** Lock and ticket, second look, load, fill. Rejects only with the method's own error. */
export async function loadThrough(
  context: LoadContext,
  job: LoadJob,
  flight: Flight<LoadOutcome>,
): Promise<LoadOutcome> {
  const election = await elect(context, job, flight);
  switch (election.kind) {
    case 'held':
      return 'held';
    case 'found':
      return asLoaded(election.entry);
    case 'load':
      return loadAndFill(context, job, flight, election);
  }
}

function asLoaded(entry: Entry): Loaded {
  return { value: entry.value, copy: () => entry.copy(), filled: 'found' };
}

interface Rights {
  readonly ticket: string | undefined;
  readonly lease: Lease | undefined;
  readonly turn: Turn | undefined;
}

async function loadAndFill(
  context: LoadContext,
  job: LoadJob,
  flight: Flight<LoadOutcome>,
  { ticket, lease, turn }: Rights,
): Promise<Loaded> {
  // Its value would be that of another key: the caller gets it, as it would without the cache, and nobody else.
  if (!isStillMeant(job)) flight.detached = true;
  const giveBack = () => {
    if (ticket !== undefined) void context.store.abandon(job.key.text, ticket);
    void lease?.release();
    turn?.end();
  };
  // Whoever calls from now on must load for themselves: they need not wait for this load, which may fill nothing.
  if (lease !== undefined) flight.onDetached(() => void lease.release());
  flight.beginLoading();
  flight.onOverdue(giveBack);
  let value: unknown;
  try {
    value = await callMethod(context, job, flight);
  } catch (error) {
    giveBack();
    throw error;
  }
  turn?.end();
  const { copy, filled } = fillAfterLoad(context, job, flight, ticket, value);
  // Given back only now: a process that got the lock before the fill would load once more.
  if (filled instanceof Promise) void filled.then(() => lease?.release());
  else void lease?.release();
  return { value, copy, filled };
}

async function callMethod(
  context: LoadContext,
  { key, loader, mode, gathered }: LoadJob,
  flight: Flight<LoadOutcome>,
): Promise<unknown> {
  context.events.emit('load', { key: key.text, pattern: key.pattern, background: mode === 'background' });
  const scope = new LoadingScope(context.owner, key.text);
  flight.onOverdue(() => {
    scope.giveUp();
  });
  try {
    return await scope.run(
      (): unknown => gathered?.load(mode) ?? Reflect.apply(loader.method, loader.self, loader.args),
    );
  } finally {
    scope.end();
  }
}

/** Do the arguments still make the key of this load? */
function isStillMeant({ key, loader }: LoadJob): boolean {
  try {
    return loader.keyNow().text === key.text;
  } catch {
    return false;
  }
}
