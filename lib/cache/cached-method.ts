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

  constructor({ key, policy, method, source = method, gathered }: CachedMethodOptions) {
    this.key = key;
    this.policy = policy;
    this.method = method;
    this.source = source;
    this.gathered = gathered;
  }
}

/** `Users.find`: for people to read. Never throws, whatever object the method is called on. */
export function nameOfMethod(source: CalledMethod, self: unknown): string {
  const name = source.name === '' ? '(anonymous)' : source.name;
  const owner = ownerOf(self);
  return owner === undefined ? name : `${owner}.${name}`;
}

function ownerOf(self: unknown): string | undefined {
  try {
    const named = typeof self === 'function' ? self : (self as object | null | undefined)?.constructor;
    return typeof named?.name === 'string' && named.name !== '' ? named.name : undefined;
  } catch {
    return undefined;
  }
}
