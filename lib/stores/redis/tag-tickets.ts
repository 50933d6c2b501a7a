import type { TagVersions } from './entry-notes.js';
import type { RedisTags, SeenTags } from './redis-tags.js';

const NONE: TagVersions = new Map();

/** What was seen of tags when tickets were opened, until these are used up. */
export class TagTickets {
  readonly #tags: RedisTags;
  readonly #seen = new Map<string, SeenTags>();

  constructor(tags: RedisTags) {
    this.#tags = tags;
  }

  open(ticket: string, seen: SeenTags): void {
    this.#seen.set(ticket, seen);
  }

  /** What was seen under it. */
  end(ticket: string): SeenTags | undefined {
    const seen = this.#seen.get(ticket);
    this.#seen.delete(ticket);
    return seen;
  }

  /** The versions for an entry that fills under this ticket; `undefined` where a tag may have been invalidated since. */
  async redeem(ticket: string, tags: readonly string[]): Promise<TagVersions | undefined> {
    const seen = this.end(ticket);
    if (tags.length === 0) return NONE;
    if (seen === undefined) return undefined;
    const late = tags.filter((tag) => !seen.versions.has(tag));
    const added = late.length === 0 ? NONE : await this.#tags.seeLate(late, seen.clock);
    return added && new Map(tags.map((tag) => [tag, seen.versions.get(tag) ?? added.get(tag) ?? '']));
  }
}
