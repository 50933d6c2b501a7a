import type { FilledBy } from '../statistics/tally.js';
import { hashOf } from '../statistics/text-hash.js';
import type { CalledMethod } from './load-job.js';
import type { CachePolicy } from './policy.js';

/** Of longer functions the beginning tells enough. */
const LONGEST_TEXT = 2_000;

/** Lifetimes that are declared in one place, for all calls. */
export type DeclaredLifetime = Pick<CachePolicy, 'ttl' | 'staleWhileRevalidate'>;

/**
 * What people call the code that fills, and what tells it from other code of that name, as of functions without any: its text, and the
 * lifetimes that are declared with it. Where they are not, `declared` is absent: each call may come with others.
 */
export function codeThatFills(
  owner: unknown,
  method: CalledMethod,
  declared: DeclaredLifetime | undefined,
): Pick<FilledBy, 'name' | 'id'> {
  const name = nameOf(owner, method);
  const lifetime = declared === undefined ? '' : `${declared.ttl} ${declared.staleWhileRevalidate}`;
  return { name, id: `${name} ${hashOf(textOf(method))} ${lifetime}` };
}

/** At each fill: without the closure that {@link unlessItThrows} takes. */
export function classOf(self: unknown): unknown {
  try {
    return typeof self === 'function' ? self : (self as object | null | undefined)?.constructor;
  } catch {
    return undefined;
  }
}

function textOf(method: CalledMethod): string {
  return Function.prototype.toString.call(method).slice(0, LONGEST_TEXT);
}

function nameOf(owner: unknown, method: CalledMethod): string {
  const own = textOrNone(() => method.name) ?? '(anonymous)';
  const ownerName = textOrNone(() => (owner as { readonly name?: unknown } | undefined)?.name);
  return ownerName === undefined ? own : `${ownerName}.${own}`;
}

function textOrNone(read: () => unknown): string | undefined {
  const text = unlessItThrows(read);
  return typeof text === 'string' && text !== '' ? text : undefined;
}

/** A getter of the user's, or a proxy, may throw, and no call must fail for the want of a name. */
function unlessItThrows<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
