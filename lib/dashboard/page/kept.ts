/** Parts of the page that show items: each is made when its item first comes, stays while that does, and is forgotten with it. */
export class Kept<Item, Part> {
  readonly #make: (item: Item) => Part;
  #parts: ReadonlyMap<string, Part> = new Map();

  constructor(make: (item: Item) => Part) {
    this.#make = make;
  }

  /** The part of each item, by whose name it is known again. */
  of(items: ReadonlyMap<string, Item>): readonly (readonly [Part, Item])[] {
    const pairs = [...items].map(([name, item]) => [name, this.#parts.get(name) ?? this.#make(item), item] as const);
    this.#parts = new Map(pairs.map(([name, part]) => [name, part]));
    return pairs.map(([, part, item]) => [part, item]);
  }
}
