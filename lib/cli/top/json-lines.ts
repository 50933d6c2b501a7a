import type { Output } from '../output.js';
import type { Look } from './look.js';
import type { View } from './view.js';

/** One line for each look. */
export class JsonLines implements View {
  readonly #output: Output;

  constructor(output: Output) {
    this.#output = output;
  }

  show(look: Look): void {
    const { at } = look;
    const said =
      'failure' in look ? { answered: false, error: look.failure.message } : { answered: true, caches: look.caches };
    this.#output.print(JSON.stringify({ at, ...said }));
  }

  close(): void {
    // Nothing was opened.
  }
}
