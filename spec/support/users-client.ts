export interface Answer {
  readonly status: number;
  /** The header `x-cache`. */
  readonly outcome: string | null;
  readonly body: Readonly<Record<string, unknown>>;
  readonly took: number;
}

/** Asks the users service. */
export class UsersClient {
  readonly url: string;

  constructor(url: string) {
    this.url = url;
  }

  get(path: string): Promise<Answer> {
    return this.#request(path, {});
  }

  put(path: string, body: string, contentType = 'application/json'): Promise<Answer> {
    return this.#request(path, { method: 'PUT', body, headers: { 'content-type': contentType } });
  }

  rename(id: number, name: string): Promise<Answer> {
    return this.put(`/users/${id}`, JSON.stringify({ name }));
  }

  async #request(path: string, options: RequestInit): Promise<Answer> {
    const startedAt = performance.now();
    const response = await fetch(`${this.url}${path}`, { ...options, signal: AbortSignal.timeout(30_000) });
    const body = (await response.json()) as Answer['body'];
    const took = performance.now() - startedAt;
    return { status: response.status, outcome: response.headers.get('x-cache'), body, took };
  }
}

/** What a request was answered with, and how, in a line. */
export function brief({ status, outcome, body }: Answer): string {
  return [status, outcome ?? '-', typeof body['name'] === 'string' ? body['name'] : 'an error'].join(' ');
}
