import { unreachable, wrongUsage, type Failure } from '../failure.js';

export interface HttpOptions {
  /** As given: `name: value`. */
  readonly headers: readonly string[];
  /** Of the whole answer, in milliseconds. */
  readonly timeout: number;
}

/** One that sends to more places, one after the other, is going round in circles. */
const MOST_REDIRECTIONS = 5;

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
    this.shown = shownOf(this.#url);
  }

  /**
   * @param stop ends the wait
   * @throws Failure (rejects)
   */
  async ask(stop?: AbortSignal): Promise<unknown> {
    const timeout = AbortSignal.timeout(this.#timeout);
    const signal = stop === undefined ? timeout : AbortSignal.any([timeout, stop]);
    const answer = await this.#settled(() => this.#fetch(signal));
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

  /**
   * Headers that let someone in are for this server alone: so it may send us to another place of its own, as the mount of a dashboard
   * does to its page, and nowhere else.
   */
  async #fetch(signal: AbortSignal): Promise<Response> {
    let url = this.#url;
    for (let sent = 0; ; sent += 1) {
      const answer = await fetch(url, { headers: this.#headers, redirect: 'manual', signal });
      const place = isRedirection(answer) ? placeIn(answer, url) : undefined;
      if (place?.origin !== url.origin || sent === MOST_REDIRECTIONS) return answer;
      await answer.body?.cancel();
      url = place;
    }
  }

  /** `fetch` takes none in a URL. */
  #takeCredentials(url: URL): void {
    const credentials = `${decoded(url.username)}:${decoded(url.password)}`;
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
    return unreachable(`cannot reach ${this.shown}: ${reason}`, this.#hintFor(cause?.code ?? ''));
  }

  /** Who speaks with TLS to a server without it, or the other way round. */
  #hintFor(code: string): string | undefined {
    const isSecure = this.#url.protocol === 'https:';
    if (isSecure && code === NO_TLS) return 'perhaps its address begins with http://';
    return !isSecure && CLOSED.includes(code) ? 'perhaps its address begins with https://' : undefined;
  }

  #refused(answer: Response): Failure {
    const { status, statusText } = answer;
    const said = `${this.shown} answers ${status}${statusText === '' ? '' : ` ${statusText}`}`;
    if (!isRedirection(answer)) return unreachable(said, ADVICE[status]);
    const place = placeIn(answer, this.#url);
    if (place === undefined) return unreachable(`${said}, and sends to an address that is none`);
    if (place.origin === this.#url.origin)
      return unreachable(`${said}, and sends from one place to the next without end`);
    return unreachable(`${said}: it sends to ${shownOf(place)}`, 'give that address');
  }
}

const NO_TLS = 'ERR_SSL_WRONG_VERSION_NUMBER';
const CLOSED: readonly string[] = ['ECONNRESET', 'UND_ERR_SOCKET'];

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nobody listens there (connection refused)',
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'the name of the host cannot be looked up now',
  [NO_TLS]: 'it does not speak TLS',
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

function isRedirection({ status }: Response): boolean {
  return status >= 300 && status < 400;
}

/** Where an answer sends to, if that is an address. */
function placeIn({ headers }: Response, from: URL): URL | undefined {
  const location = headers.get('location');
  return location !== null && URL.canParse(location, from.href) ? new URL(location, from) : undefined;
}

/** Without a query, which may hold a token, and without who is let in. */
function shownOf({ origin, pathname }: URL): string {
  return `${origin}${pathname}`;
}

/** The text is not repeated: it may hold a password. */
function toUrl(text: string): URL {
  if (!URL.canParse(text)) throw wrongUsage('the address is no URL', 'such as http://127.0.0.1:3000/cache');
  return new URL(text);
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw wrongUsage('the user or the password in the address has a % that begins no code: write it as %25');
  }
}

function toHeaders(lines: readonly string[]): Headers {
  const headers = new Headers({ accept: 'application/json' });
  for (const line of lines) {
    // Without one there is no name, which is refused as well.
    const colon = Math.max(0, line.indexOf(':'));
    try {
      headers.set(line.slice(0, colon), line.slice(colon + 1).trim());
    } catch {
      throw wrongUsage("--header must be of the form 'name: value'");
    }
  }
  return headers;
}
