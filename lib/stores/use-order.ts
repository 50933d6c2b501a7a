/** The last instant that a stamp can tell: V8 keeps larger numbers in objects of their own. */
const LAST = 2 ** 31 - 1;

/** Children of a node of the heap. */
const ARITY = 4;

/** So many slots are drawn to tell how many there are of a kind. */
const DRAWN = 32;

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
  /** What of `now` is no use. */
  #notUses: number;
  /** Something is to be done before the use that comes when `#now` is this: one comparison for all that is rare. */
  #pauseAt = LAST;
  /** Is a use to be looked at that comes when stamps have run out? */
  #looksBeyond = false;
  readonly #look: (slot: number) => void;

  /** `look`: to be told of a use (`lookAfter`). `beginsAt`: the first stamp. */
  constructor(look: (slot: number) => void = () => undefined, beginsAt = 0) {
    this.#look = look;
    this.#now = beginsAt;
    this.#notUses = beginsAt;
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
    this.touch(slot);
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
    if (this.#now === this.#pauseAt) this.#pause(slot);
    this.#now += 1;
    this.#stamps[slot] = this.#now;
  }

  /** A use that is not to be looked at. */
  touch(slot: number): void {
    if (this.#now === this.#pauseAt && this.#now < LAST) this.#pauseAt += 1;
    this.use(slot);
  }

  /** The use after so many others, or the next one but this, is told, before it is noted; once. */
  lookAfter(uses: number): void {
    const at = this.#now + Math.max(1, Math.ceil(uses));
    this.#pauseAt = Math.min(LAST, at);
    this.#looksBeyond = at >= LAST;
  }

  /** How many uses there were. */
  get uses(): number {
    return this.#now - this.#notUses;
  }

  /** About how many others were used since `slot` was: from a sample of them. */
  othersUsedSince(slot: number): number {
    const stamp = this.#stamps[slot] ?? 0;
    let later = 0;
    for (let drawn = 0; drawn < DRAWN; drawn += 1) {
      const other = this.#heap[Math.floor(Math.random() * this.#size)] ?? 0;
      if ((this.#stamps[other] ?? 0) > stamp) later += 1;
    }
    return Math.min(this.#now - stamp, (later / DRAWN) * this.#size);
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

  #pause(slot: number): void {
    const isLast = this.#now === LAST;
    this.#pauseAt = LAST;
    if (isLast) this.#renumber();
    else this.#look(slot);
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
    this.#notUses += this.#size - this.#now;
    this.#now = this.#size;
    if (this.#looksBeyond) this.lookAfter(1);
  }
}

/** A copy with room for so many. */
function resized(array: Int32Array<ArrayBuffer>, length: number): Int32Array<ArrayBuffer> {
  const next = new Int32Array(length);
  next.set(array.subarray(0, length));
  return next;
}
