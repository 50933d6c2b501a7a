import type { IncomingMessage, ServerResponse } from 'node:http';

import type { Cache } from '../cache/cache.js';
import { warnOnce } from '../cache/warnings.js';
import { describeThrown } from '../errors.js';
import { mayAccess } from './access.js';
import { runAction } from './action.js';
import { json, send, type Answer } from './answer.js';
import { CacheReports } from './cache-report.js';
import { checkDashboardOptions, type DashboardOptions, type DashboardTerms } from './dashboard-options.js';
import { readJson } from './json-body.js';
import { placeOf, type Place } from './mount.js';
import { overviewOf } from './overview.js';
import { PAGE } from './page.generated.js';
import { Refusal } from './refusal.js';
import { checkSentByPage } from './same-origin.js';
import { explainTyped, invalidateTyped, type TypedName } from './typed-name.js';

/** Answers a request, or calls `next` where the request is for somebody else. */
export type Dashboard = (req: IncomingMessage, res: ServerResponse, next?: (error?: unknown) => void) => void;

/**
 * A page that shows live what caches do, for Node's `http`, and mountable in Express; for Fastify see `fastifyDashboard`. It shows no
 * value, and keys only to whoever types them (`docs/dashboard.md`).
 * @throws CacheError `ERR_CACHE_OPTION_INVALID`
 */
export function createDashboard(options: DashboardOptions): Dashboard {
  const dashboard = new DashboardServer(checkDashboardOptions(options));
  return (req, res, next) => {
    dashboard.handle(req, res, next);
  };
}

/** What is at one place below the mount, by method. */
interface Resource {
  readonly get?: (request: PlacedRequest) => Answer;
  readonly post?: (request: PlacedRequest) => Promise<Answer>;
}

interface PlacedRequest {
  readonly req: IncomingMessage;
  readonly query: URLSearchParams;
}

class DashboardServer {
  readonly #terms: DashboardTerms;
  readonly #reports = new CacheReports();
  readonly #resources: ReadonlyMap<string, Resource>;

  constructor(terms: DashboardTerms) {
    this.#terms = terms;
    const resources: Readonly<Record<string, Resource>> = {
      '/': { get: ({ req }) => (wantsJson(req) ? json(this.#report()) : asset('text/html', PAGE.html)) },
      '/page.js': { get: () => asset('text/javascript', PAGE.js) },
      '/page.css': { get: () => asset('text/css', PAGE.css) },
      '/icon.svg': { get: () => asset('image/svg+xml', PAGE.icon) },
      '/overview': { get: ({ query }) => json(this.#overview(query)) },
      '/pattern': { get: ({ query }) => json(this.#pattern(query)) },
      '/explain': { post: async ({ req }) => json(await explainTyped(await this.#typed(req), terms.redactKeys)) },
      '/action': { post: async ({ req }) => json(await runAction((await this.#ordered(req))['name'], terms.actions)) },
      '/invalidate': { post: async ({ req }) => json(await invalidateTyped(await this.#typed(req))) },
    };
    const there = Object.entries(resources).filter(([path]) => path !== '/invalidate' || terms.allowInvalidation);
    this.#resources = new Map(there);
  }

  /** What `next` throws goes to who has called, as if it had been asked in the first place. */
  handle(req: IncomingMessage, res: ServerResponse, next: Parameters<Dashboard>[2]): void {
    const place = placeOf(req, this.#terms.path);
    if (place === undefined && next !== undefined) next();
    else void this.#respond(req, res, place);
  }

  /** Never rejects. */
  async #respond(req: IncomingMessage, res: ServerResponse, place: Place | undefined): Promise<void> {
    try {
      await send(req, res, await this.#answer(req, place));
    } catch (error) {
      // Who has gone while sending a request waits for no answer.
      if (req.destroyed && !req.complete) return;
      warnOnce('FRESHKEEP_DASHBOARD_FAILED', `dashboard: ${describeThrown(error)}`, 'a request was answered with 500');
      if (!res.headersSent) await send(req, res, failure(new Refusal(500, 'Something went wrong here.')));
      else res.destroy();
    }
  }

  async #answer(req: IncomingMessage, place: Place | undefined): Promise<Answer> {
    try {
      if (place === undefined) throw notFound();
      if (!(await mayAccess(req, this.#terms.authorize))) throw new Refusal(403, 'This is not for you to see.');
      if (place.path === '') return redirection(place.slashed);
      return await this.#at(place.path, { req, query: place.query });
    } catch (error) {
      if (error instanceof Refusal) return failure(error);
      throw error;
    }
  }

  async #at(path: string, request: PlacedRequest): Promise<Answer> {
    const resource = this.#resources.get(path);
    if (resource === undefined) throw notFound();
    const { method } = request.req;
    if (resource.get !== undefined && (method === 'GET' || method === 'HEAD')) return resource.get(request);
    if (resource.post !== undefined && method === 'POST') return resource.post(request);
    throw new Refusal(405, 'Expected another method.', resource.post === undefined ? 'GET, HEAD' : 'POST');
  }

  #report(): unknown {
    const reports = [...this.#terms.caches.values()].map((cache) => this.#reports.of(cache));
    return reports.length === 1 ? reports[0] : reports;
  }

  #overview(query: URLSearchParams): unknown {
    const { caches, allowInvalidation, actions } = this.#terms;
    const report = this.#reports.of(this.#cache(query.get('cache')));
    return overviewOf(report, {
      caches: [...caches.keys()],
      allowInvalidation,
      actions: actions.map(({ name }) => name),
    });
  }

  #pattern(query: URLSearchParams): unknown {
    const { stats } = this.#reports.of(this.#cache(query.get('cache')));
    const found = stats.patterns.find(({ pattern }) => pattern === query.get('pattern'));
    if (found === undefined) throw new Refusal(404, 'There is no such pattern.');
    return found;
  }

  async #typed(req: IncomingMessage): Promise<TypedName> {
    const body = await this.#ordered(req);
    return { cache: this.#cache(body['cache']), body, reports: this.#reports };
  }

  async #ordered(req: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
    checkSentByPage(req);
    return readJson(req);
  }

  /** The first where none is named. */
  #cache(name: unknown): Cache {
    const [first] = this.#terms.caches.values();
    const found = name === undefined || name === null ? first : this.#terms.caches.get(name as string);
    if (found === undefined) throw new Refusal(404, 'There is no such cache.');
    return found;
  }
}

/** As programs ask: browsers want HTML as well. */
function wantsJson({ headers: { accept = '' } }: IncomingMessage): boolean {
  return accept.includes('application/json') && !accept.includes('text/html');
}

function asset(type: string, body: string): Answer {
  return { status: 200, type: `${type}; charset=utf-8`, body };
}

function notFound(): Refusal {
  return new Refusal(404, 'There is nothing here.');
}

/** All addresses in the page are relative to the mount with its slash. */
function redirection(location: string): Answer {
  return { ...json({ location }, 308), headers: { location } };
}

function failure({ status, message, allow }: Refusal): Answer {
  return { ...json({ error: message }, status), ...(allow === undefined ? {} : { headers: { allow } }) };
}
