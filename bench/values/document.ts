const BYTES = 919;

/** The value of the benchmarks over Redis: an object whose JSON takes 919 bytes, whatever its id. */
export interface Document {
  readonly id: number;
  readonly title: string;
  readonly tags: readonly string[];
  readonly prices: readonly number[];
  readonly published: boolean;
  readonly text: string;
}

export function makeDocument(id: number): Document {
  const document = {
    id,
    title: `Document ${id}`,
    tags: ['alpha', 'beta', 'gamma', 'delta'],
    prices: Array.from({ length: 20 }, (_, index) => index * 1.5 + id),
    published: true,
    text: '',
  };
  const text = 'Lorem ipsum dolor sit amet. '.repeat(40).slice(0, BYTES - JSON.stringify(document).length);
  return { ...document, text };
}
