import type { Done } from '../action.js';
import type { Explanation } from '../../cache/explanation.js';
import type { PatternStats } from '../../statistics/pattern-stats.js';
import type { Overview } from '../overview.js';

import type { Invalidation } from '../typed-name.js';

/** What the server says where it does not do something. */
export class ServerError extends Error {}

/** Answers that take longer are none: the next poll asks again. */
const PATIENCE = 10_000;

/** All addresses are relative: the page does not know where it is mounted. */
export const server = {
  overview: (cache: string | undefined): Promise<Overview> =>
    ask<Overview>(`overview${cache === undefined ? '' : `?${new URLSearchParams({ cache }).toString()}`}`),

  pattern: (cache: string, pattern: string): Promise<PatternStats> =>
    ask<PatternStats>(`pattern?${new URLSearchParams({ cache, pattern }).toString()}`),

  explain: (cache: string, key: string): Promise<Explanation> => order<Explanation>('explain', { cache, key }),

  action: (name: string): Promise<Done> => order<Done>('action', { name }),

  invalidate: (cache: string, name: { readonly key: string } | { readonly tag: string }): Promise<Invalidation> =>
    order<Invalidation>('invalidate', { cache, ...name }),
};

function order<T>(path: string, body: object): Promise<T> {
  const headers = { 'content-type': 'application/json', 'x-freshkeep-dashboard': '1' };
  return ask<T>(path, { method: 'POST', headers, body: JSON.stringify(body) });
}

async function ask<T>(path: string, options: RequestInit = {}): Promise<T> {
  const response = await fetch(path, { ...options, signal: AbortSignal.timeout(PATIENCE) });
  const answer: unknown = await response.json();
  if (response.ok) return answer as T;
  const { error } = answer as { readonly error?: string };
  throw new ServerError(error ?? `The server answered with ${response.status}.`);
}
