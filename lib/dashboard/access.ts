import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';

import type { Authorize } from './dashboard-options.js';

/** Where nobody has said who may: whoever asks from this machine itself. */
export async function mayAccess(req: IncomingMessage, authorize: Authorize | undefined): Promise<boolean> {
  if (authorize !== undefined) {
    const allowed: unknown = await authorize(req);
    return allowed === true;
  }
  return isLoopback(req.socket.remoteAddress) && !cameThroughProxy(req.headers) && isAskedByOwnName(req.headers.host);
}

/** A socket of Unix has no address: who is behind it is not known. */
function isLoopback(address: string | undefined): boolean {
  return address !== undefined && /^(::1|(::ffff:)?127(\.\d{1,3}){3})$/.test(address);
}

/** A proxy on this machine has a loopback address whoever asks it. */
function cameThroughProxy(headers: IncomingHttpHeaders): boolean {
  return Object.keys(headers).some((name) => PROXY_HEADER.test(name));
}

const PROXY_HEADER = /^(forwarded|x-forwarded(-.*)?|via|x-real-ip|x-client-ip|true-client-ip|cf-connecting-ip)$/;

/** A page elsewhere whose name was made to mean 127.0.0.1 (DNS rebinding) is asked by that name. */
function isAskedByOwnName(host: string | undefined): boolean {
  return host !== undefined && /^(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/i.test(host);
}
