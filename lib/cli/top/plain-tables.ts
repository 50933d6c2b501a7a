import type { Output } from '../output.js';
import { printable } from '../text/printable.js';
import type { Look } from './look.js';
import { topText } from './top-text.js';
import { timeOf, type View } from './view.js';
import type { Watch } from './watch.js';

/** One after the other, each with the time. */
export class PlainTables implements View {
  readonly #watch: Watch;
  readonly #output: Output;

  constructor(watch: Watch, output: Output) {
    this.#watch = watch;
    this.#output = output;
  }

  show(look: Look): void {
    const { width, style } = this.#output;
    const { source, sort } = this.#watch;
    const title = `${source.shown}  ${timeOf(look.at)}`;
    const lines =
      'failure' in look
        ? [printable(look.failure.message)]
        : topText(look.caches, { width, style, sort, height: Infinity });
    this.#output.print(title, ...lines, '');
  }

  close(): void {
    // Nothing was opened.
  }
}
