import type { IncomingMessage } from 'node:http';

import type { Cache } from '../cache/cache.js';
import { checkBoolean, checkFunction, invalidOption } from '../errors.js';
import { checkOptionNames, type NamesOf } from '../known-names.js';
import type { DashboardAction } from './action.js';

/** May whoever sent `req` see the dashboard? Whatever is not `true` is no. */
export type Authorize = (req: IncomingMessage) => boolean | Promise<boolean>;

export interface DashboardOptions {
  /** The cache to show. */
  readonly cache?: Cache;
  /** In the place of `cache`: several, of one page; each with a `name` of its own. */
  readonly caches?: readonly Cache[];
  /**
   * Decides who may see it. Default: those who ask from this machine itself, at `localhost`, `127.0.0.1` or `[::1]`, and through no
   * proxy.
   */
  readonly authorize?: Authorize;
  /**
   * What is shown in the place of a key or a tag, in the answer to a key that a user has typed; nothing else shows any. Default: they are
   * shown as they are.
   */
  readonly redactKeys?: (key: string) => string;
  /** May users invalidate keys and tags that they type? Default `false`. */
  readonly allowInvalidation?: boolean;
  /** Buttons that do something of your own: `{ name: 'Make traffic', run }`. Whoever sees the page may press them. Default: none. */
  readonly actions?: readonly DashboardAction[];
  /**
   * Where it is mounted, `'/cache'` say, if nobody else knows: Express does, and tells. Default: what Express tells, or else `''`, the
   * root of the server.
   */
  readonly path?: string;
}

/** Those of `createDashboard`; where it is mounted, Fastify knows (`prefix`). */
export type FastifyDashboardOptions = Omit<DashboardOptions, 'path'>;

export const FASTIFY_DASHBOARD_OPTIONS: NamesOf<FastifyDashboardOptions> = {
  cache: true,
  caches: true,
  authorize: true,
  redactKeys: true,
  allowInvalidation: true,
  actions: true,
};

const DASHBOARD_OPTIONS: NamesOf<DashboardOptions> = { ...FASTIFY_DASHBOARD_OPTIONS, path: true };

/** {@link DashboardOptions}, checked. */
export interface DashboardTerms {
  /** By name, in the order in which they were given. */
  readonly caches: ReadonlyMap<string, Cache>;
  readonly authorize: Authorize | undefined;
  readonly redactKeys: (key: string) => string;
  readonly allowInvalidation: boolean;
  readonly actions: readonly DashboardAction[];
  readonly path: string | undefined;
}

/** @throws CacheError `ERR_CACHE_OPTION_INVALID` */
export function checkDashboardOptions(options: DashboardOptions): DashboardTerms {
  const {
    cache,
    caches,
    authorize,
    redactKeys,
    allowInvalidation,
    actions = [],
    path,
  } = checkOptionNames('options', options, DASHBOARD_OPTIONS);
  return {
    caches: byName(cache, caches),
    authorize: authorize && checkFunction('authorize', authorize),
    redactKeys: redactKeys === undefined ? (key) => key : checkFunction('redactKeys', redactKeys),
    allowInvalidation: allowInvalidation !== undefined && checkBoolean('allowInvalidation', allowInvalidation),
    actions: checkActions(actions),
    path: path === undefined ? undefined : checkPath(path),
  };
}

function byName(cache: Cache | undefined, caches: readonly Cache[] | undefined): ReadonlyMap<string, Cache> {
  if (caches === undefined) return new Map([named(checkCache('cache', cache))]);
  if (!Array.isArray(caches) || caches.length === 0) throw invalidOption('caches', 'a list of caches', caches);
  if (cache !== undefined) throw invalidOption('cache', 'left out where there are `caches`', cache);
  const found = new Map(caches.map((each: Cache, index) => named(checkCache(`caches[${index}]`, each))));
  if (found.size === caches.length) return found;
  throw invalidOption('caches', 'caches of different names (`createCache({ name })`)', caches);
}

const named = (cache: Cache): readonly [string, Cache] => [cache.name, cache];

/** By what it can do: it may be of another copy of this package. */
function checkCache(option: string, cache: unknown): Cache {
  if (typeof (cache as Partial<Cache> | null | undefined)?.stats === 'function') return cache as Cache;
  throw invalidOption(option, 'a cache, of `createCache` or `configureCache`', cache);
}

function checkActions(actions: readonly DashboardAction[]): readonly DashboardAction[] {
  if (!Array.isArray(actions)) throw invalidOption('actions', 'a list of actions ({ name, run })', actions);
  const names = new Set<string>();
  for (const [index, action] of (actions as readonly DashboardAction[]).entries()) {
    const { name, run } = checkOptionNames(`actions[${index}]`, action, { name: true, run: true });
    if (typeof name !== 'string' || name === '') throw invalidOption(`actions[${index}].name`, 'a text', name);
    if (names.has(name)) throw invalidOption(`actions[${index}].name`, 'a name that no other action has', name);
    names.add(name);
    checkFunction(`actions[${index}].run`, run);
  }
  return [...(actions as readonly DashboardAction[])];
}

function checkPath(path: unknown): string {
  if (typeof path === 'string' && (path === '' || /^(\/[^/?#\s]+)+$/.test(path))) return path;
  throw invalidOption('path', "the path of a URL, such as '/cache'", path);
}
