import { methodsOf, type NamedMethod } from './class-methods.js';
import { getCacheMetadata } from './method-metadata.js';

/** How the names of methods begin that change what is stored somewhere. */
const WRITES =
  /^(add|append|archive|assign|change|clear|create|decrement|delete|destroy|edit|import|increment|insert|merge|move|patch|persist|put|remove|rename|replace|reset|restore|save|set|store|update|upsert|write)(?![a-z])/;

/** Names that begin in the same way, of methods that prepare, schedule or register something. */
const WRITES_NOT = /^setUp$|(Timeout|Interval|Immediate|Timer|Listeners?|Handlers?|Observers?|Subscribers?|Hooks?)$/;

/**
 * Methods of the class of `self` (of `self`, where that is a class) that seem to write, going by their names, and declare nothing to
 * a cache: `Users.rename`. A guess, for reports alone. Never throws.
 */
export function silentWritersOf(self: unknown): readonly string[] {
  try {
    const [owner, holder] = ownerOf(self);
    return silentWritersAmong(methodsOf(holder)).map((name) => (owner === '' ? name : `${owner}.${name}`));
  } catch {
    return [];
  }
}

/** Their names. */
export function silentWritersAmong(methods: readonly NamedMethod[]): string[] {
  return methods
    .filter(([name, method]) => WRITES.test(name) && !WRITES_NOT.test(name) && getCacheMetadata(method).length === 0)
    .map(([name]) => name);
}

/** What its class is called, and where the methods are. */
function ownerOf(self: unknown): readonly [string, object | null] {
  if (typeof self === 'function') return [self.name, self];
  if (typeof self !== 'object' || self === null) return ['', null];
  const { constructor } = self as { readonly constructor?: { readonly name?: string } };
  return [constructor?.name ?? '', Object.getPrototypeOf(self) as object];
}
