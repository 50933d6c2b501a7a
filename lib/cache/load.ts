import { whenThere } from '../awaitable.js';
import type { Entry } from '../entry/entry.js';
import type { CacheKey } from '../keys/cache-key.js';
import { steps } from '../time/steps.js';
import { elect, type Election, type ElectionContext } from './election.js';
import { fillAfterLoad, type FillContext } from './fill.js';
import type { LoadJob } from './load-job.js';
import { LoadingScope } from './loading-scope.js';
import type { Flight, Loaded } from './single-flight.js';

export interface LoadContext extends ElectionContext, FillContext {
  /** The cache, in whose name the load runs. */
  readonly owner: object;
  readonly invalidate: (key: CacheKey) => void;
}

/** Through so many `async` functions a stale value gets to its caller before the method is called to refresh it. */
const STEPS_OF_AN_ANSWER = 10;

/** `held`: another process is refreshing this key. */
export type LoadOutcome = Loaded | 'held';

/** Lock and ticket, second look, load, fill. Rejects only with the method's own error. */
export async function loadThrough(
  context: LoadContext,
  job: LoadJob,
  flight: Flight<LoadOutcome>,
): Promise<LoadOutcome> {
  const election = await elect(context, job, flight);
  if (election.kind === 'held') return 'held';
  if (election.kind === 'found') return asLoaded(election.entry);
  if (job.mode === 'background') await steps(STEPS_OF_AN_ANSWER);
  const load = new Load(context, job, flight, election);
  let value: unknown;
  try {
    value = await load.call();
  } catch (error) {
    load.giveBack();
    throw error;
  } finally {
    load.leave();
    context.statistics.loadEnded(job, flight.loadTook);
  }
  const isCurrent = !flight.detached && job.mode !== 'anew';
  context.statistics.loaded(job, value, { took: flight.loadTook, isCurrent });
  return load.fill(value);
}

function asLoaded(entry: Entry): Loaded {
  return { value: entry.value, copy: () => entry.copy(), filled: 'found' };
}

/** The load of the one who was elected. */
class Load {
  readonly #context: LoadContext;
  readonly #job: LoadJob;
  readonly #flight: Flight<LoadOutcome>;
  readonly #rights: Extract<Election, { kind: 'load' }>;
  readonly #scope: LoadingScope;

  constructor(
    context: LoadContext,
    job: LoadJob,
    flight: Flight<LoadOutcome>,
    rights: Extract<Election, { kind: 'load' }>,
  ) {
    this.#context = context;
    this.#job = job;
    this.#flight = flight;
    this.#rights = rights;
    this.#scope = new LoadingScope(context.owner, job.key.text);
  }

  call(): unknown {
    const flight = this.#flight;
    const { lease } = this.#rights;
    const { key, loader, mode, gathered } = this.#job;
    const { events } = this.#context;
    // Its value would be that of another key: the caller gets it, as it would without the cache, and nobody else.
    if (!isStillMeant(this.#job)) flight.detached = true;
    // Whoever calls from now on must load for themselves: they need not wait for this load, which may fill nothing.
    if (lease !== undefined) flight.onDetached(() => void lease.release());
    flight.beginLoading(() => {
      this.giveBack();
      this.#scope.giveUp();
    });
    events.tellCounted('load', key, { background: mode === 'background' });
    const load = (): unknown => gathered?.load(mode) ?? Reflect.apply(loader.method, loader.self, loader.args);
    const { tracing } = this.#context;
    // The one call of the method that many of them become is told of where it is made.
    if (tracing === undefined || gathered !== undefined) return this.#scope.run(load);
    const about = { key: key.text, pattern: key.pattern, background: mode === 'background' };
    return tracing.trace({ kind: 'load', ...about, loads: [flight] }, () => this.#scope.run(load));
  }

  giveBack(): void {
    const { ticket, lease, turn } = this.#rights;
    if (ticket !== undefined) void this.#context.store.abandon(this.#job.key, ticket);
    void lease?.release();
    turn?.end();
  }

  /** The method has answered: what is called from now on is no part of it. */
  leave(): void {
    this.#scope.end();
  }

  fill(value: unknown): Loaded {
    const { ticket, lease, turn } = this.#rights;
    turn?.end();
    const { copy, filled } = fillAfterLoad(this.#context, this.#job, this.#flight, ticket, value);
    // Given back only now: a process that got the lock before the fill would load once more.
    void whenThere(filled, () => lease?.release());
    return { value, copy, filled };
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
