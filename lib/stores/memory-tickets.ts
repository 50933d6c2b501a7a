import { now } from '../time/clock.js';
import type { LivingTag, MemoryTags } from './memory-tags.js';
import type { Tagging } from './store.js';

/** A ticket, from its opening to its end. */
interface OpenTicket {
  readonly name: string;
  readonly endsAt: number;
  /** Absent for an entry without tags. */
  readonly seen: SeenTags | undefined;
}

/** Tags as they were when a ticket was opened. */
interface SeenTags {
  readonly tags: readonly LivingTag[];
  readonly at: number;
}

const NONE: readonly LivingTag[] = [];

/** The open tickets of a store in memory. */
export class MemoryTickets {
  /** One, most of the time: a list is searched sooner than a map is made. */
  readonly #byKey = new Map<string, OpenTicket[]>();
  readonly #tags: MemoryTags;

  constructor(tags: MemoryTags) {
    this.#tags = tags;
  }

  open(key: string, ticket: string, maxLoad: number, tagging: Tagging | undefined): void {
    const at = now();
    const opened = { name: ticket, endsAt: at + maxLoad, seen: tagging && this.#see(tagging.tags) };
    const tickets = this.#byKey.get(key);
    if (tickets === undefined) {
      this.#byKey.set(key, [opened]);
      return;
    }
    for (let index = tickets.length - 1; index >= 0; index -= 1) {
      if (at >= (tickets[index]?.endsAt ?? 0)) tickets.splice(index, 1);
    }
    tickets.push(opened);
  }

  /** The tags for an entry that fills under this ticket; `undefined` where it must not, as it, or one of them, has ended. */
  redeem(key: string, ticket: string, tags: readonly string[]): readonly LivingTag[] | undefined {
    const opened = this.#take(key, ticket);
    if (opened === undefined || now() >= opened.endsAt) return undefined;
    return tags.length === 0 ? NONE : this.#stillLiving(opened.seen, tags);
  }

  /** Was it still open? */
  end(key: string, ticket: string): boolean {
    const opened = this.#take(key, ticket);
    return opened !== undefined && opened.seen?.tags.some(isOver) !== true;
  }

  #take(key: string, ticket: string): OpenTicket | undefined {
    const tickets = this.#byKey.get(key);
    const index = tickets?.findIndex(({ name }) => name === ticket) ?? -1;
    if (tickets === undefined || index < 0) return undefined;
    if (tickets.length === 1) this.#byKey.delete(key);
    return tickets.splice(index, 1)[0];
  }

  /** How many are open. */
  openOf(key: string): number {
    return this.#byKey.get(key)?.filter(({ endsAt }) => now() < endsAt).length ?? 0;
  }

  endAll(key?: string): void {
    if (key === undefined) this.#byKey.clear();
    else this.#byKey.delete(key);
  }

  #see(names: readonly string[]): SeenTags {
    return { tags: names.map((name) => this.#tags.living(name)), at: this.#tags.now };
  }

  /** Of a tag that became known with the value alone it must be certain that nobody has invalidated it since. */
  #stillLiving(seen: SeenTags | undefined, names: readonly string[]): readonly LivingTag[] | undefined {
    const tags: LivingTag[] = [];
    for (const name of names) {
      const known = seen?.tags.find((tag) => tag.name === name);
      if (known === undefined && (seen === undefined || this.#tags.invalidatedSince(name, seen.at))) return undefined;
      const tag = known ?? this.#tags.living(name);
      if (isOver(tag)) return undefined;
      tags.push(tag);
    }
    return tags;
  }
}

function isOver(tag: LivingTag): boolean {
  return tag.invalidated;
}
