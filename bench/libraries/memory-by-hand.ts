import type { Library, Service, Terms } from './library.js';

/** What keeps values under names, as a Map does. */
export interface Entries {
  get(name: string): unknown;
  set(name: string, value: unknown): unknown;
  delete(name: string): unknown;
}

/** The least that one writes: a name, a look, and the source. Nothing expires, and callers who come together all load. */
export function memoryByHand(makeEntries: (terms: Terms) => Entries): Library {
  return {
    over: { memory: async (terms) => serviceOver(makeEntries(terms), terms) },
    servesStale: false,
    knowsTags: false,
  };
}

function serviceOver(entries: Entries, { load }: Terms): Service {
  return {
    async find(id) {
      const name = nameOf(id);
      const known = entries.get(name);
      if (known !== undefined) return known;
      const value = await load(id);
      entries.set(name, value);
      return value;
    },
    async invalidate(id) {
      entries.delete(nameOf(id));
    },
    close: async () => undefined,
  };
}

function nameOf(id: number): string {
  return `value:${id}`;
}
