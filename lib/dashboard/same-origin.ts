import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';

import { Refusal } from './refusal.js';

/** No page elsewhere can send it without being allowed to, by an answer that this server never gives. */
export const PAGE_HEADER = 'x-freshkeep-dashboard';

/**
 * Lets a request change something only if the page of the dashboard itself has sent it, or no browser at all.
 * @throws Refusal
 */
export function checkSentByPage({ headers }: IncomingMessage): void {
  if (headers[PAGE_HEADER] !== '1') throw new Refusal(403, `Expected the header ${PAGE_HEADER}: 1.`);
  if (!isSameOrigin(headers)) throw new Refusal(403, 'Expected a request of the same origin.');
  if (!/^application\/json\s*(;|$)/i.test(headers['content-type'] ?? '')) {
    throw new Refusal(415, 'Expected the content type application/json.');
  }
}

/** Browsers tell, but over plain HTTP from another machine, where they tell the origin alone. */
function isSameOrigin(headers: IncomingHttpHeaders): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin';
  const { origin, host } = headers;
  return origin === undefined || (URL.canParse(origin) && new URL(origin).host === host);
}
