/** A tag as long as nobody invalidates it: what refers to it can tell whether somebody has. */
export class LivingTag {
  readonly name: string;
  invalidated = false;

  constructor(name: string) {
    this.name = name;
  }
}

/** How many of the latest invalidations are remembered, for loads that learn of a tag from their value. */
const REMEMBERED = 10_000;

/**
 * The tags of a store in memory. To invalidate one takes the same time whatever the number of entries: these refer to it, and
 * so keep it in memory as long as there is one.
 */
export class MemoryTags {
  readonly #living = new Map<string, WeakRef<LivingTag>>();
  readonly #dead = new FinalizationRegistry<string>((name) => {
    if (this.#living.get(name)?.deref() === undefined) this.#living.delete(name);
  });
  /** Of the latest invalidated tags, when they were. */
  readonly #invalidatedAt = new Map<string, number>();
  /** Their names, a ring: to look for the earliest in a `Map` takes the longer the more were deleted from it. */
  readonly #names: string[] = [];
  /** Whatever was invalidated and is not remembered was invalidated by then. */
  #forgottenUntil = 0;
  #invalidations = 0;

  /** How many invalidations of tags there were: an instant, for {@link invalidatedSince}. */
  get now(): number {
    return this.#invalidations;
  }

  /** How many tags are known. */
  get size(): number {
    return this.#living.size;
  }

  living(name: string): LivingTag {
    const known = this.#living.get(name)?.deref();
    if (known !== undefined) return known;
    const tag = new LivingTag(name);
    this.#living.set(name, new WeakRef(tag));
    this.#dead.register(tag, name);
    return tag;
  }

  invalidate(name: string): void {
    const tag = this.#living.get(name)?.deref();
    if (tag !== undefined) tag.invalidated = true;
    this.#living.delete(name);
    this.#invalidations += 1;
    this.#forgetOne();
    this.#invalidatedAt.set(name, this.#invalidations);
    this.#names[this.#invalidations % REMEMBERED] = name;
  }

  /** Where it is not remembered, it may have been. */
  invalidatedSince(name: string, instant: number): boolean {
    return (this.#invalidatedAt.get(name) ?? this.#forgottenUntil) > instant;
  }

  /** That whose place in the ring is needed, unless it was invalidated again since. */
  #forgetOne(): void {
    const at = this.#invalidations - REMEMBERED;
    const name = this.#names[this.#invalidations % REMEMBERED];
    if (name === undefined) return;
    this.#forgottenUntil = at;
    if (this.#invalidatedAt.get(name) === at) this.#invalidatedAt.delete(name);
  }
}
