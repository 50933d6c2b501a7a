import type { Id, Target } from './step.js';

/** What a call that is made within scopes must mind. */
export interface Surroundings {
  readonly mode: 'as ever' | 'bypassed' | 'refreshed';
  readonly scope: ModelScope | undefined;
}

/** An outermost `deferInvalidations`. */
export class ModelScope {
  /** Keys of which a load has, or may have, read what is not committed. */
  readonly loaded = new Set<Id>();
  readonly #ids = new Set<Id>();
  readonly tags = new Set<string>();
  #everything = false;

  add(target: Target): void {
    if (target === 'all') this.#everything = true;
    else {
      for (const id of target.ids) this.#ids.add(id);
      for (const tag of target.tags) this.tags.add(tag);
    }
  }

  /** Was an entry of this key, with these tags, invalidated in it? */
  covers(id: Id, tags: readonly string[]): boolean {
    return this.#everything || this.#ids.has(id) || tags.some((tag) => this.tags.has(tag));
  }
}
