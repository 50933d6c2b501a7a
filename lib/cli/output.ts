import { COLOURED, PLAIN, type Style } from './text/style.js';

/** Where the output is no terminal, lines are at most as long as this. */
const WIDTH = 120;
const HEIGHT = 40;

/** Where a command prints what it was asked for. */
export class Output {
  /** What a terminal understands; text alone where the output is none, or `NO_COLOR` is set. */
  readonly style: Style;
  readonly isTerminal: boolean;
  readonly #stream: NodeJS.WriteStream;

  constructor(stream: NodeJS.WriteStream, environment: NodeJS.ProcessEnv) {
    this.#stream = stream;
    // Of a stream that is none, Node leaves the member out.
    this.isTerminal = (stream.isTTY as boolean | undefined) === true;
    this.style =
      this.isTerminal && (environment['NO_COLOR'] ?? '') === '' && environment['TERM'] !== 'dumb' ? COLOURED : PLAIN;
  }

  get width(): number {
    return this.isTerminal ? Math.max(20, this.#stream.columns) : WIDTH;
  }

  get height(): number {
    return this.isTerminal ? Math.max(5, this.#stream.rows) : HEIGHT;
  }

  print(...lines: readonly string[]): void {
    this.write(lines.map((line) => `${line}\n`).join(''));
  }

  /** One JSON value: of several lines, as people may read it too. */
  printJson(value: unknown): void {
    this.print(JSON.stringify(value, undefined, 2));
  }

  write(text: string): void {
    this.#stream.write(text);
  }

  onResize(listener: () => void): () => void {
    this.#stream.on('resize', listener);
    return () => this.#stream.off('resize', listener);
  }
}
