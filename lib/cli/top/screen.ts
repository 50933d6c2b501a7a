import type { Output } from '../output.js';

const ENTER = '\u001b[?1049h\u001b[?25l';
const LEAVE = '\u001b[?25h\u001b[?1049l';
const HOME = '\u001b[H';
const END_OF_LINE = '\u001b[K';
const END_OF_SCREEN = '\u001b[J';

const CTRL_C = '\u0003';

/** What the keyboard, and signals, can ask for. */
export interface ScreenKeys {
  readonly quit: () => void;
  readonly redraw: () => void;
}

/** The whole of a terminal, from when it is opened until it is closed; what was there before comes back. */
export class Screen {
  readonly #output: Output;
  readonly #undo: (() => void)[] = [];

  constructor(output: Output, { quit, redraw }: ScreenKeys) {
    this.#output = output;
    output.write(ENTER);
    // Where nobody closes it, as something was thrown that nobody has caught.
    const leave = () => {
      output.write(LEAVE);
    };
    process.on('exit', leave);
    this.#undo.push(() => process.off('exit', leave), leave);
    this.#undo.push(output.onResize(redraw), listenToKeys(quit));
  }

  /** Over what is there, so that nothing flickers. */
  draw(lines: readonly string[]): void {
    const shown = lines.slice(0, this.#output.height).map((line) => `${line}${END_OF_LINE}`);
    this.#output.write(`${HOME}${shown.join('\r\n')}${END_OF_SCREEN}`);
  }

  close(): void {
    for (const undo of this.#undo.splice(0)) undo();
  }
}

/** Key by key, and without showing them; Ctrl+C is a key then. */
function listenToKeys(quit: () => void): () => void {
  const { stdin } = process;
  if (!stdin.isTTY) return () => undefined;
  const listener = (keys: Buffer) => {
    if (/[qQ]/.test(keys.toString()) || keys.toString().includes(CTRL_C)) quit();
  };
  stdin.setRawMode(true).resume().on('data', listener);
  return () => {
    stdin.off('data', listener).setRawMode(false).pause();
  };
}
