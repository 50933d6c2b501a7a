import { unreachable, wrongUsage, type Failure } from '../failure.js';

export interface HttpOptions {
  /** As given: `name: value`. */
  readonly headers: readonly string[];
  /** Of the whole answer, in milliseconds. */
  readonly timeout: number;
}

export function isHttpUrl(text: string): boolean {
  return /^https?:\/\//i.test(text);
}

/** An address that is asked for JSON. */
export class HttpJson {
  /** Without what lets someone in. */
  readonly shown: string;
  readonly #url: URL;
  readonly #headers: Headers;
  readonly #timeout: number;

  /** @throws Failure */
  constructor(text: string, { headers, timeout }: HttpOptions) {
    this.#url = toUrl(text);
    this.#timeout = timeout;
    this.#headers = toHeaders(headers);
    if (this.#url.username !== '' || this.#url.password !== '') this.#takeCredentials(this.#url);
    this.shown = `${this.#url.origin}${this.#url.pathname}`;
  }

  /**
   * @param stop ends the wait
   * @throws Failure (rejects)
   */
  async ask(stop?: AbortSignal): Promise<unknown> {
    const timeout = AbortSignal.timeout(this.#timeout);
    const signal = stop === undefined ? timeout : AbortSignal.any([timeout, stop]);
    const answer = await this.#settled(() =>
      // Headers that let someone in are for this address alone, not for the one that it sends us to.
      fetch(this.#url, { headers: this.#headers, redirect: 'manual', signal }),
    );
    if (!answer.ok) throw this.#refused(answer);
    const text = await this.#settled(() => answer.text());
    try {
      return JSON.parse(text);
    } catch {
      const type = answer.headers.get('content-type') ?? 'something unnamed';
      throw wrongUsage(
        `${this.shown} answers with ${type}, which is no JSON`,
        'give the address of the dashboard, or of JSON.stringify(cache.stats())',
      );
    }
  }

  /** `fetch` takes none in a URL. */
  #takeCredentials(url: URL): void {
    const credentials = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
    if (!this.#headers.has('authorization'))
      this.#headers.set('authorization', `Basic ${Buffer.from(credentials).toString('base64')}`);
    url.username = url.password = '';
  }

  async #settled<T>(act: () => Promise<T>): Promise<T> {
    try {
      return await act();
    } catch (error) {
      throw this.#unanswered(error);
    }
  }

  #unanswered(error: unknown): Failure {
    if (error instanceof Error && error.name === 'TimeoutError')
      return unreachable(`${this.shown} has not answered within ${this.#timeout} ms`, '--timeout waits longer');
    const cause = (error as { readonly cause?: { readonly code?: string; readonly message?: string } }).cause;
    const reason = REASONS[cause?.code ?? ''] ?? cause?.message ?? String(error);
    return unreachable(`cannot reach ${this.shown}: ${reason}`);
  }

  #refused({ status, statusText, headers }: Response): Failure {
    const said = `${this.shown} answers ${status}${statusText === '' ? '' : ` ${statusText}`}`;
    if (status >= 300 && status < 400)
      return unreachable(`${said}: it sends to ${placeIn(headers, this.#url)}`, 'give that address');
    return unreachable(said, ADVICE[status]);
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nobody listens there (connection refused)',
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'the name of the host cannot be looked up now',
  ECONNRESET: 'the connection was closed',
  UND_ERR_SOCKET: 'the connection was closed',
};

const LET_IN = "--header 'authorization: Bearer …' lets you in, or what the endpoint asks for";

const ADVICE: Readonly<Record<number, string>> = {
  401: LET_IN,
  403: LET_IN,
  404: 'is this the address under which the dashboard, or cache.stats(), is served?',
  500: 'the log of that service tells why',
};

/** Without a query, which may hold a token. */
function placeIn(headers: Headers, from: URL): string {
  try {
    const { origin, pathname } = new URL(headers.get('location') ?? '', from);
    return `${origin}${pathname}`;
  } catch {
    return 'an address that is none';
  }
}

/** The text is not repeated: it may hold a password. */
function toUrl(text: string): URL {
  if (!URL.canParse(text)) throw wrongUsage('the address is no URL', 'such as http://127.0.0.1:3000/cache');
  return new URL(text);
}

function toHeaders(lines: readonly string[]): Headers {
  const headers = new Headers({ accept: 'application/json' });
  for (const line of lines) {
    const colon = line.indexOf(':');
    try {
      headers.set(line.slice(0, colon), line.slice(colon + 1).trim());
    } catch {
      throw wrongUsage("--header must be of the form 'name: value'");
    }
  }
  return headers;
}
