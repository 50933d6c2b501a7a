export interface Counter {
  countTwice(name: string): Promise<number[]>;
}

/** A counter whose `#private` method carries `decorator`: how often it was called, asked twice. */
export function defineCounter(decorator: unknown): Counter;
