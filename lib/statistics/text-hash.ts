/** Bits of a hash: V8 keeps numbers of so many in place, and larger ones in an object each. */
export const HASH_BITS = 31;

/** So many hashes there are. */
export const ALL_HASHES = 2 ** HASH_BITS;

/**
 * A hash of 31 bits that spreads texts evenly: FNV-1a (Fowler, Noll, Vo) over UTF-16 units, finished as MurmurHash3 finishes (Appleby),
 * for FNV alone leaves the upper bits of short texts alike. Not for texts that somebody may choose to collide.
 */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return toHash(hash);
}

/** The hash of what has come to these 32 bits. */
export function toHash(bits: number): number {
  return mixed(bits) >>> (32 - HASH_BITS);
}

/** The same bits in other places: of two hashes that differ in one bit, half of all bits differ (`fmix32` of MurmurHash3). */
export function mixed(hash: number): number {
  let bits = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}
