import { isPromise } from '../awaitable.js';
import { describeThrown } from '../errors.js';
import type { TracedWork, Tracing } from './tracing.js';
import { warnOnce } from './warnings.js';

/** How `run` has ended: with what it returned, or with what it threw. */
type Ended<T> = { readonly returned: T } | { readonly thrown: unknown };

/** A tracing as the engine uses it: whatever it does, the work is done once, and ends as it would without it. */
export class GuardedTracing {
  readonly #tracing: Tracing;
  readonly #cache: string;

  static of(tracing: Tracing | undefined, cache: string): GuardedTracing | undefined {
    return tracing === undefined ? undefined : new GuardedTracing(tracing, cache);
  }

  private constructor(tracing: Tracing, cache: string) {
    this.#tracing = tracing;
    this.#cache = cache;
  }

  trace<T>(work: Omit<TracedWork, 'cache'>, run: () => T): T {
    let ended: Ended<T> | undefined;
    const runOnce = (): T => resultOf((ended ??= end(run)));
    try {
      const told: unknown = this.#tracing.trace({ ...work, cache: this.#cache }, runOnce);
      if (isPromise(told)) void told.then(undefined, (error: unknown) => this.#warnUnlessOwn(error, ended));
    } catch (error) {
      void this.#warnUnlessOwn(error, ended);
    }
    return runOnce();
  }

  async #warnUnlessOwn(error: unknown, ended: Ended<unknown> | undefined): Promise<void> {
    if (ended !== undefined && (await isOwn(error, ended))) return;
    warnOnce('FRESHKEEP_TRACING_FAILED', this.#cache, `\`tracing\` failed: ${describeThrown(error)}`);
  }
}

function end<T>(run: () => T): Ended<T> {
  try {
    return { returned: askedOnce(run()) };
  } catch (thrown) {
    return { thrown };
  }
}

/** What is a promise to `await` alone, such as a query, may do its work once more for each who asks for its end. */
function askedOnce<T>(returned: T): T {
  return isPromise(returned) ? (Promise.resolve(returned) as T) : returned;
}

function resultOf<T>(ended: Ended<T>): T {
  if ('thrown' in ended) throw ended.thrown;
  return ended.returned;
}

/** Is it the error of the work itself? */
async function isOwn(error: unknown, ended: Ended<unknown>): Promise<boolean> {
  if ('thrown' in ended) return ended.thrown === error;
  try {
    await ended.returned;
    return false;
  } catch (own) {
    return own === error;
  }
}
