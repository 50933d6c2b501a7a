import { getCacheMetadata } from './method-metadata.js';

/** How the names of methods begin that change what is stored somewhere. */
const WRITES =
  /^(add|append|archive|assign|change|clear|create|decrement|delete|destroy|edit|import|increment|insert|merge|move|patch|persist|put|remove|rename|replace|reset|restore|save|set|store|update|upsert|write)(?![a-z])/;

/**
 * Methods of the class of `self` (of `self`, where that is a class) that seem to write, going by their names, and declare nothing to
 * a cache: `Users.rename`. A guess, for reports alone. Never throws.
 */
export function silentWritersOf(self: unknown): readonly string[] {
  try {
    const [owner, holder] = ownerOf(self);
    return methodsOf(holder)
      .filter(([name, method]) => WRITES.test(name) && getCacheMetadata(method).length === 0)
      .map(([name]) => (owner === '' ? name : `${owner}.${name}`));
  } catch {
    return [];
  }
}

/** What its class is called, and where the methods are. */
function ownerOf(self: unknown): readonly [string, object | null] {
  if (typeof self === 'function') return [self.name, self];
  if (typeof self !== 'object' || self === null) return ['', null];
  return [
    (self.constructor as { readonly name?: string } | undefined)?.name ?? '',
    Object.getPrototypeOf(self) as object,
  ];
}

type NamedMethod = readonly [string, (...args: never[]) => unknown];

/** Inherited ones too, each once. */
function methodsOf(holder: object | null): NamedMethod[] {
  const found = new Map<string, NamedMethod[1]>();
  for (let each = holder; isOfUser(each); each = Object.getPrototypeOf(each) as object | null) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(each))) {
      if (typeof value === 'function' && name !== 'constructor' && !found.has(name)) found.set(name, value as never);
    }
  }
  return [...found];
}

function isOfUser(holder: object | null): holder is object {
  return holder !== null && holder !== Object.prototype && holder !== Function.prototype;
}
