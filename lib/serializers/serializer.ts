/**
 * Turns values into bytes and back. What it cannot give back equal to what it got, it must refuse; what it did not write,
 * it must refuse too, without evaluating anything and without touching a prototype.
 */
export interface Serializer {
  /** Names the format in stored entries: 1 to 16 letters, digits, `.`, `_` or `-`. Another name is another format. */
  readonly id: string;
  /** @throws CacheError `ERR_CACHE_VALUE_UNSUPPORTED` */
  serialize(value: unknown): Buffer;
  /**
   * A new value each time, which shares nothing with the bytes.
   * @throws whatever it likes, when the bytes are not its own; the entry then counts as a miss
   */
  deserialize(bytes: Buffer): unknown;
  /**
   * {@link Serializer.deserialize} for a format whose bytes are UTF-8: a client gives text out faster than bytes. What was no
   * UTF-8 comes with U+FFFD in its place, which it must refuse where that can be told.
   */
  deserializeText?(text: string): unknown;
  /** Is a further value of this body quicker to {@link Serializer.duplicate} than to deserialize? Absent: never. */
  mayDuplicate?(body: Buffer | string): boolean;
  /** A value equal to `value`, which was deserialized and is untouched, sharing nothing with it. Goes with `mayDuplicate`. */
  duplicate?(value: unknown): unknown;
}
