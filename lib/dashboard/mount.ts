import type { IncomingMessage } from 'node:http';

/** What Express, or our plugin of Fastify, adds to a request: where a handler is mounted, which Express has cut off from `url`. */
interface MountedRequest extends IncomingMessage {
  readonly baseUrl?: unknown;
  readonly originalUrl?: unknown;
}

/** Where a request goes, as the dashboard sees it. */
export interface Place {
  /** Below the mount: `''` is the mount itself, without a slash at its end, `'/'` the page. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Where the page is, relative to the mount without its slash. */
  readonly slashed: string;
}

/** Where `req` goes below `mount`; `undefined` where it goes elsewhere. */
export function placeOf(req: MountedRequest, mount: string | undefined): Place | undefined {
  const [whole, query = ''] = split(textOf(req.originalUrl) ?? req.url ?? '/');
  const base = mount ?? textOf(req.baseUrl) ?? '';
  if (!whole.startsWith(base)) return undefined;
  const path = whole.slice(base.length);
  if (path !== '' && !path.startsWith('/')) return undefined;
  const slashed = `./${base.slice(base.lastIndexOf('/') + 1)}/${query === '' ? '' : `?${query}`}`;
  return { path, query: new URLSearchParams(query), slashed };
}

function split(url: string): readonly [path: string, query?: string] {
  const at = url.indexOf('?');
  return at < 0 ? [url] : [url.slice(0, at), url.slice(at + 1)];
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
