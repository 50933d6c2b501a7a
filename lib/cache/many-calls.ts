import { CacheError, describeValue } from '../errors.js';
import type { CompiledKey } from '../keys/compiled-key.js';
import { CachedMethod } from './cached-method.js';
import type { Calls } from './calls.js';
import { Gathering } from './gathering.js';
import type { GuardedTracing } from './guarded-tracing.js';
import type { CalledMethod, KnownMethod } from './load-job.js';
import type { CachePolicy } from './policy.js';

/** How a method gives the values of many ids: as a `Map` by id, or as a list in the order of the ids, `undefined` where there is none. */
export type ManyForm = 'map' | 'list';

/** A method that loads the values of many ids, each of which is cached under a key of its own. */
export interface CachedManyMethod {
  /** This, and the functions of the policy, get one id in the place of the ids. */
  readonly key: CompiledKey;
  readonly policy: CachePolicy;
  readonly method: CalledMethod;
  readonly returns: ManyForm;
  readonly batchSize: number;
  /** The same, as reports speak of it. */
  readonly known: KnownMethod;
}

export interface ManyCallsContext {
  readonly calls: Calls;
  readonly owner: object;
  readonly tracing: GuardedTracing | undefined;
}

/** Each id is answered as a call for it alone would be; what has to be loaded is loaded together. */
export async function answerMany(
  { calls, owner, tracing }: ManyCallsContext,
  target: CachedManyMethod,
  self: unknown,
  args: readonly unknown[],
): Promise<unknown> {
  const { key, policy, method, known, returns, batchSize } = target;
  const [ids, ...others] = args;
  if (!Array.isArray(ids)) throw invalid(`the first argument to be a list of ids, got ${describeValue(ids)}`);
  // Caller and method may each change the list that they have.
  const asked: readonly unknown[] = [...(ids as readonly unknown[])];
  const wanted = new Set(asked);
  const load = async (some: readonly unknown[]) =>
    valuesOf(await (Reflect.apply(method, self, [[...some], ...others]) as Promise<unknown>), some, returns);
  const gathering = new Gathering({ owner, count: wanted.size, batchSize, load, tracing });
  const answers = [...wanted].map(async (id) => {
    const gathered = gathering.member(id);
    try {
      const loadOne = () => gathered.load('foreground');
      const one = new CachedMethod({ key, policy, method: loadOne, known, gathered });
      return await calls.answer(one, self, [id, ...others]);
    } finally {
      gathered.answered();
    }
  });
  const values = await Promise.all(answers);
  const found = new Map([...wanted].map((id, index) => [id, values[index]]));
  return returns === 'list' ? asked.map((id) => found.get(id)) : withoutAbsent(found);
}

function withoutAbsent(values: ReadonlyMap<unknown, unknown>): Map<unknown, unknown> {
  return new Map([...values].filter(([, value]) => value !== undefined));
}

/** @throws CacheError `ERR_CACHE_BATCH_INVALID` for what does not say which value is whose */
function valuesOf(result: unknown, ids: readonly unknown[], returns: ManyForm): readonly unknown[] {
  if (returns === 'list') {
    if (Array.isArray(result) && result.length === ids.length) return result;
    throw invalid(`the method to return a list of ${ids.length} values, one for each id, got ${describeValue(result)}`);
  }
  if (!(result instanceof Map)) throw invalid(`the method to return a Map by id, got ${describeValue(result)}`);
  const asked = new Set(ids);
  for (const id of result.keys()) {
    if (!asked.has(id))
      throw invalid(`the method to return values for the ids it was asked for, got one for ${describeValue(id)}`);
  }
  return ids.map((id) => result.get(id) as unknown);
}

function invalid(expectation: string): CacheError {
  return new CacheError('ERR_CACHE_BATCH_INVALID', `Expected ${expectation}`);
}
