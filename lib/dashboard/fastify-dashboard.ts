import type { IncomingMessage, ServerResponse } from 'node:http';

import { createDashboard } from './create-dashboard.js';
import { checkOptionNames } from '../known-names.js';
import { FASTIFY_DASHBOARD_OPTIONS, type FastifyDashboardOptions } from './dashboard-options.js';

/** As much of a Fastify instance as a plugin of the dashboard uses. */
export interface FastifyScope {
  readonly prefix: string;
  all(path: string, handler: (request: FastifyRawRequest, reply: FastifyRawReply) => void): unknown;
  removeAllContentTypeParsers(): unknown;
  addContentTypeParser(
    type: string,
    parser: (request: unknown, payload: unknown, done: (error: Error | null) => void) => void,
  ): unknown;
}

interface RewrittenRequest extends IncomingMessage {
  readonly originalUrl?: string;
}

interface FastifyRawRequest {
  readonly raw: RewrittenRequest;
}

interface FastifyRawReply {
  readonly raw: ServerResponse;
  hijack(): unknown;
}

/**
 * The dashboard as a plugin of Fastify: `await fastify.register(fastifyDashboard({ cache }), { prefix: '/cache' })`. Hooks of the
 * surrounding scope, `onRequest` say, see its requests as all others.
 * @throws CacheError `ERR_CACHE_OPTION_INVALID`
 */
export function fastifyDashboard(options: FastifyDashboardOptions): (scope: FastifyScope) => Promise<void> {
  const dashboard = createDashboard(checkOptionNames('options', options, FASTIFY_DASHBOARD_OPTIONS));
  return (scope) => {
    // What comes in is read by the dashboard, with a bound of its own.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, _payload, done) => {
      done(null);
    });
    for (const path of ['/', '/*']) {
      scope.all(path, ({ raw }, reply) => {
        reply.hijack();
        dashboard(Object.assign(raw, { baseUrl: baseOf(raw, scope.prefix) }), reply.raw);
      });
    }
    return Promise.resolve();
  };
}

/**
 * What stands in the place of `prefix`, which may have parameters: `/shop-7/cache` for `/:shop/cache`; as it was asked for, where
 * `rewriteUrl` has changed it.
 */
function baseOf({ url = '', originalUrl = url }: RewrittenRequest, prefix: string): string {
  const path = withoutQuery(url);
  const base = path.split('/').slice(0, prefix.replace(/\/$/, '').split('/').length).join('/');
  const asked = withoutQuery(originalUrl);
  const below = path.slice(base.length);
  return asked.endsWith(below) ? asked.slice(0, asked.length - below.length) : base;
}

function withoutQuery(url: string): string {
  return url.replace(/\?.*/s, '');
}
