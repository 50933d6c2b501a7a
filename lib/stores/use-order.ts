/** The last instant that a stamp can tell: V8 keeps larger numbers in objects of their own. */
const LAST = 2 ** 31 - 1;

/** Children of a node of the heap. */
const ARITY = 4;

/** In one search; a hundred thousand would take some milliseconds. */
const MOST_CORRECTIONS = 1_000;

/**
 * Tells which of some slots was used least recently. A use only notes a stamp, where a list would have to be relinked: slots lie in
 * a heap by the stamps that they had when they were last looked at, and an outdated one that reaches the top is put where it
 * belongs by now. As stamps only grow, a slot at the top whose stamp is not outdated has the least of all.
 */
export class UseOrder {
  #now: number;
  #stamps = new Int32Array(0);
  /** The stamps as the heap knows them: none is later than the real one. */
  #noted = new Int32Array(0);
  #heap = new Int32Array(0);
  /** Where in the heap a slot is. */
  #places = new Int32Array(0);
  #size = 0;

  /** `beginsAt`: the first stamp. */
  constructor(beginsAt = 0) {
    this.#now = beginsAt;
  }

  /** Room for so many slots: for more than there are, or for none, which forgets them all. */
  allocate(capacity: number): void {
    this.#stamps = resized(this.#stamps, capacity);
    this.#noted = resized(this.#noted, capacity);
    this.#heap = resized(this.#heap, capacity);
    this.#places = resized(this.#places, capacity);
    this.#size = Math.min(this.#size, capacity);
  }

  /** `slot` takes part from now on, and is used now: no other stamp is as late, so its place is the last. */
  add(slot: number): void {
    this.use(slot);
    this.#noted[slot] = this.#stamps[slot] ?? 0;
    this.#put(slot, this.#size);
    this.#size += 1;
  }

  remove(slot: number): void {
    const place = this.#places[slot] ?? 0;
    this.#size -= 1;
    if (place === this.#size) return;
    this.#put(this.#heap[this.#size] ?? 0, place);
    this.#sink(place);
    this.#rise(place);
  }

  use(slot: number): void {
    if (this.#now === LAST) this.#renumber();
    this.#now += 1;
    this.#stamps[slot] = this.#now;
  }

  /** The one used least recently; where a great many were used since they were last looked at, of those that were looked at. */
  leastRecent(): number {
    let least = this.#heap[0] ?? 0;
    for (let corrections = 0; corrections < MOST_CORRECTIONS; corrections += 1) {
      const top = this.#heap[0] ?? 0;
      const stamp = this.#stamps[top] ?? 0;
      if (this.#noted[top] === stamp) return top;
      if (stamp < (this.#stamps[least] ?? 0)) least = top;
      this.#noted[top] = stamp;
      this.#sink(0);
    }
    return least;
  }

  #put(slot: number, place: number): void {
    this.#heap[place] = slot;
    this.#places[slot] = place;
  }

  /** Puts the slot at `place` as far down as it belongs. */
  #sink(place: number): void {
    const sinking = this.#heap[place] ?? 0;
    const noted = this.#noted[sinking] ?? 0;
    let free = place;
    for (;;) {
      const child = this.#leastChildOf(free);
      if (child === 0 || this.#notedAt(child) >= noted) break;
      this.#put(this.#heap[child] ?? 0, free);
      free = child;
    }
    this.#put(sinking, free);
  }

  /** Puts the slot at `place` as far up as it belongs. */
  #rise(place: number): void {
    const rising = this.#heap[place] ?? 0;
    const noted = this.#noted[rising] ?? 0;
    let free = place;
    while (free > 0) {
      const parent = Math.floor((free - 1) / ARITY);
      if (this.#notedAt(parent) <= noted) break;
      this.#put(this.#heap[parent] ?? 0, free);
      free = parent;
    }
    this.#put(rising, free);
  }

  /** 0, where it has none. */
  #leastChildOf(place: number): number {
    const first = place * ARITY + 1;
    const end = Math.min(first + ARITY, this.#size);
    let least = first < end ? first : 0;
    for (let child = first + 1; child < end; child += 1) {
      if (this.#notedAt(child) < this.#notedAt(least)) least = child;
    }
    return least;
  }

  #notedAt(place: number): number {
    return this.#noted[this.#heap[place] ?? 0] ?? 0;
  }

  /** Once in two thousand million uses. What is in order is a heap. */
  #renumber(): void {
    const slots = this.#heap.subarray(0, this.#size);
    slots.sort((one, other) => (this.#stamps[one] ?? 0) - (this.#stamps[other] ?? 0));
    for (const [index, slot] of slots.entries()) {
      this.#stamps[slot] = index;
      this.#noted[slot] = index;
      this.#places[slot] = index;
    }
    this.#now = this.#size;
  }
}

/** A copy with room for so many. */
function resized(array: Int32Array<ArrayBuffer>, length: number): Int32Array<ArrayBuffer> {
  const next = new Int32Array(length);
  next.set(array.subarray(0, length));
  return next;
}
