import { now } from '../time/clock.js';
import type { LivingTag, MemoryTags } from './memory-tags.js';
import type { Tagging } from './store.js';

/** A ticket, from its opening to its end. */
interface OpenTicket {
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
  readonly #byKey = new Map<string, Map<string, OpenTicket>>();
  readonly #tags: MemoryTags;

  constructor(tags: MemoryTags) {
    this.#tags = tags;
  }

  open(key: string, ticket: string, maxLoad: number, tagging: Tagging | undefined): void {
    const tickets = this.#byKey.get(key) ?? new Map<string, OpenTicket>();
    for (const [old, { endsAt }] of tickets) if (now() >= endsAt) tickets.delete(old);
    tickets.set(ticket, { endsAt: now() + maxLoad, seen: tagging && this.#see(tagging.tags) });
    this.#byKey.set(key, tickets);
  }

  /** The tags for an entry that fills under this ticket; `undefined` where it must not, as it, or one of them, has ended. */
  redeem(key: string, ticket: string, tags: readonly string[]): readonly LivingTag[] | undefined {
    const opened = this.#byKey.get(key)?.get(ticket);
    this.end(key, ticket);
    if (opened === undefined || now() >= opened.endsAt) return undefined;
    return tags.length === 0 ? NONE : this.#stillLiving(opened.seen, tags);
  }

  /** Was it still open? */
  end(key: string, ticket: string): boolean {
    const tickets = this.#byKey.get(key);
    const opened = tickets?.get(ticket);
    tickets?.delete(ticket);
    if (tickets?.size === 0) this.#byKey.delete(key);
    return opened !== undefined && opened.seen?.tags.some(isOver) !== true;
  }

  /** How many are open. */
  openOf(key: string): number {
    return [...(this.#byKey.get(key)?.values() ?? [])].filter(({ endsAt }) => now() < endsAt).length;
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
