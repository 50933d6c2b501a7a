import type { Failure } from '../failure.js';
import type { Output } from '../output.js';
import { printable } from '../text/printable.js';
import type { Look, SeenCache } from './look.js';
import { cutTo } from '../text/text-width.js';
import { Screen } from './screen.js';
import { topText } from './top-text.js';
import { timeOf, type View } from './view.js';
import type { Watch } from './watch.js';

/** Over the whole terminal, always the newest; while the endpoint does not answer, what it said last. */
export class LiveTable implements View {
  readonly #watch: Watch;
  readonly #output: Output;
  readonly #quit: () => void;
  #screen: Screen | undefined;
  #caches: readonly SeenCache[] = [];
  #answeredAt = 0;
  #failure: Failure | undefined;

  constructor(watch: Watch, output: Output, quit: () => void) {
    this.#watch = watch;
    this.#output = output;
    this.#quit = quit;
  }

  /** The terminal is taken once there is something to show. */
  show(look: Look): void {
    if ('failure' in look) {
      this.#failure = look.failure;
    } else {
      this.#failure = undefined;
      this.#caches = look.caches;
      this.#answeredAt = look.at;
    }
    this.#screen ??= new Screen(this.#output, {
      quit: this.#quit,
      redraw: () => {
        this.#draw();
      },
    });
    this.#draw();
  }

  close(): void {
    this.#screen?.close();
  }

  #draw(): void {
    const { width, height, style } = this.#output;
    const { source, sort } = this.#watch;
    const title = `freshkeep top  ${source.shown}  ${timeOf(this.#answeredAt)}  sorted by ${sort}  q ends`;
    const trouble =
      this.#failure === undefined
        ? []
        : [`no answer since ${timeOf(this.#answeredAt)}: ${printable(this.#failure.message)}`];
    const page = { width, height: height - 1 - trouble.length, style, sort };
    this.#screen?.draw([
      style.dim(cutTo(title, width)),
      ...trouble.map((line) => style.red(cutTo(line, width))),
      ...topText(this.#caches, page),
    ]);
  }
}
