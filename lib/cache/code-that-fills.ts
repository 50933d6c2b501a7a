import type { FilledBy } from '../statistics/fillers.js';
import { hashOf } from '../statistics/text-hash.js';
import type { CalledMethod, KnownMethod } from './load-job.js';
import type { CachePolicy } from './policy.js';

/** Methods of its class that seem to write, and declare nothing to a cache. Asked for a class once. */
export type SilentWritersOf = (self: unknown) => readonly string[];

/** Of longer functions the beginning tells enough. */
const LONGEST_TEXT = 2_000;
const LONGEST_NAME = 100;

export interface CodeThatFillsOptions {
  /** As it stands in the code of the user. */
  readonly method: CalledMethod;
  /** How long it keeps what it loads. */
  readonly policy: Pick<CachePolicy, 'ttl' | 'staleWhileRevalidate'>;
  /** Is that of one call, and the next may come with another? */
  readonly forOneCall: boolean;
  readonly silentWritersOf: SilentWritersOf;
}

/**
 * A method as statistics know it: what people call it, and what tells it from other code of that name, as of functions without any: its
 * text, and the lifetimes that are declared with it.
 */
export class CodeThatFills implements KnownMethod {
  readonly #options: CodeThatFillsOptions;
  #owner: unknown;
  #filledBy: FilledBy | undefined;

  constructor(options: CodeThatFillsOptions) {
    this.#options = options;
  }

  /** Made once for all instances of a class. */
  filledBy(self: unknown): FilledBy {
    const owner = classOf(self);
    if (this.#filledBy === undefined || owner !== this.#owner) {
      this.#owner = owner;
      this.#filledBy = this.#ofClass(owner, self);
    }
    return this.#filledBy;
  }

  #ofClass(owner: unknown, self: unknown): FilledBy {
    const { method, policy, forOneCall, silentWritersOf } = this.#options;
    const name = nameOf(owner, method);
    return {
      name,
      code: `${name} ${hashOf(textOf(method))}`,
      declared: forOneCall ? undefined : `${policy.ttl} ${policy.staleWhileRevalidate}`,
      ttlVaries: policy.ttl === undefined,
      silentWriters: silentWritersOf(self),
    };
  }
}

/** At each fill: without the closure that {@link textOrNone} takes. */
function classOf(self: unknown): unknown {
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
  return (ownerName === undefined ? own : `${ownerName}.${own}`).slice(0, LONGEST_NAME);
}

/** A getter of the user's, or a proxy, may throw, and no call must fail for the want of a name. */
function textOrNone(read: () => unknown): string | undefined {
  try {
    const text = read();
    return typeof text === 'string' && text !== '' ? text : undefined;
  } catch {
    return undefined;
  }
}
