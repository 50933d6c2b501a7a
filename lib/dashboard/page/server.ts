import type { Done } from '../action.js';
import type { Explanation } from '../../cache/explanation.js';
import type { PatternStats } from '../../statistics/pattern-stats.js';
import type { Overview } from '../overview.js';
import type { Invalidation } from '../typed-name.js';

/** What the server says where it does not do something, or that it says nothing. */
export class ServerError extends Error {
  /** Of the answer; `undefined` where there is none. */
  readonly status: number | undefined;

  constructor(message: string, status?: number) {
    super(message);
    this.status = status;
  }
}

/** Answers that take longer are none: the next poll asks again. */
const PATIENCE = 10_000;

/** All addresses are relative: the page does not know where it is mounted. */
export const server = {
  overview: async (cache: string | undefined): Promise<Overview> => {
    const query = cache === undefined ? '' : `?${new URLSearchParams({ cache }).toString()}`;
    const overview = await ask<Partial<Overview> | null>(`overview${query}`);
    if (Array.isArray(overview?.rows) && Array.isArray(overview.caches)) return overview as Overview;
    throw new ServerError('What answers is no dashboard of freshkeep.');
  },

  pattern: (cache: string, pattern: string): Promise<PatternStats> =>
    ask<PatternStats>(`pattern?${new URLSearchParams({ cache, pattern }).toString()}`),

  explain: (cache: string, key: string): Promise<Explanation> => order<Explanation>('explain', { cache, key }),

  /** Takes as long as it takes. */
  action: (name: string): Promise<Done> => order<Done>('action', { name }, null),

  invalidate: (cache: string, name: { readonly key: string } | { readonly tag: string }): Promise<Invalidation> =>
    order<Invalidation>('invalidate', { cache, ...name }),
};

function order<T>(path: string, body: object, signal?: null): Promise<T> {
  const headers = { 'content-type': 'application/json', 'x-freshkeep-dashboard': '1' };
  const options = { method: 'POST', headers, body: JSON.stringify(body) };
  return ask<T>(path, signal === undefined ? options : { ...options, signal });
}

/** @throws ServerError */
async function ask<T>(path: string, options: RequestInit = {}): Promise<T> {
  const response = await fetch(path, { signal: AbortSignal.timeout(PATIENCE), ...options }).catch(() => undefined);
  if (response === undefined) throw new ServerError('No answer.');
  // What stands between, a proxy say, has answers of its own, which are no JSON.
  const answer: unknown = await response.json().catch(() => undefined);
  if (response.ok && answer !== undefined) return answer as T;
  const { error } = (answer ?? {}) as { readonly error?: unknown };
  const noJson = response.ok ? ', and not with JSON: it may want you to log in' : '';
  const said = typeof error === 'string' ? error : `The server answered with ${response.status}${noJson}.`;
  throw new ServerError(said, response.status);
}
