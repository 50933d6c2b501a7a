import { EventEmitter } from 'node:events';

/** A method, with the name under which its class has it. */
export type NamedMethod = readonly [name: string, method: (...args: never[]) => unknown];

/** Classes that a user's may extend, and whose methods are not the user's: `addListener` writes nothing that is cached. */
const BUILT_IN: readonly { readonly prototype: object }[] = [
  Object,
  Function,
  Array,
  Map,
  Set,
  WeakMap,
  WeakSet,
  Promise,
  Error,
  EventTarget,
  EventEmitter,
];
const BUILT_IN_HOLDERS: ReadonlySet<object> = new Set(BUILT_IN.flatMap((each) => [each, each.prototype]));

/** The methods of a prototype, or the static ones of a class; inherited ones too, each once. Getters are not asked. */
export function methodsOf(holder: object | null): NamedMethod[] {
  const found = new Map<string, NamedMethod[1]>();
  for (let each = holder; isOfUser(each); each = Object.getPrototypeOf(each) as object | null) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(each))) {
      if (typeof value === 'function' && name !== 'constructor' && !found.has(name)) found.set(name, value as never);
    }
  }
  return [...found];
}

function isOfUser(holder: object | null): holder is object {
  return holder !== null && !BUILT_IN_HOLDERS.has(holder);
}
