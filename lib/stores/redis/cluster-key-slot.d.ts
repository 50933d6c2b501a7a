/** It has no types of its own. */
declare module 'cluster-key-slot' {
  /** The slot of a Redis key, 0 to 16,383. */
  export default function slotOf(name: string): number;
}
