import type { CompiledKey } from '../keys/compiled-key.js';
import type { Tallies } from '../statistics/tallies.js';
import type { Tally } from '../statistics/tally.js';
import type { CalledMethod, GatheredLoad } from './load-job.js';
import type { CachePolicy } from './policy.js';

export interface CachedMethodOptions {
  readonly key: CompiledKey;
  readonly policy: CachePolicy;
  readonly method: CalledMethod;
  /** The method in the code of the user, where `method` stands for it. */
  readonly source?: CalledMethod;
  readonly gathered?: GatheredLoad | undefined;
}

/** A method whose calls are answered from the cache: all that its calls have in common. One class, so that hits stay quick. */
export class CachedMethod {
  readonly key: CompiledKey;
  readonly policy: CachePolicy;
  readonly method: CalledMethod;
  readonly source: CalledMethod;
  /** Where it is one of many that are loaded together. */
  readonly gathered: GatheredLoad | undefined;
  /** Where its last call was counted, and among which tallies. */
  tally: Tally | undefined = undefined;
  tallies: Tallies | undefined = undefined;

  #owner: unknown;
  #name: string | undefined;

  constructor({ key, policy, method, source = method, gathered }: CachedMethodOptions) {
    this.key = key;
    this.policy = policy;
    this.method = method;
    this.source = source;
    this.gathered = gathered;
  }

  /** `Users.find`, for people to read: made once for all instances of a class. */
  nameFor(self: unknown): string {
    const owner = classOf(self);
    if (this.#name === undefined || owner !== this.#owner) {
      this.#owner = owner;
      this.#name = nameOf(owner, this.source);
    }
    return this.#name;
  }
}

/** Never throws, whatever object the method is called on. */
function classOf(self: unknown): unknown {
  try {
    return typeof self === 'function' ? self : (self as object | null | undefined)?.constructor;
  } catch {
    return undefined;
  }
}

function nameOf(owner: unknown, { name }: CalledMethod): string {
  const own = name === '' ? '(anonymous)' : name;
  const ownerName: unknown = typeof owner === 'function' ? owner.name : undefined;
  return typeof ownerName === 'string' && ownerName !== '' ? `${ownerName}.${own}` : own;
}
