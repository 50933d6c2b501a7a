/** One way to answer a call from a cache; each runs in a process of its own. */
export interface Contender {
  /** Makes sure that every id from 1 to `keys` is a hit from now on. */
  fill(keys: number): Promise<void>;
  /** The call that is measured. */
  find(id: number): Promise<unknown>;
  close(): Promise<void>;
}
