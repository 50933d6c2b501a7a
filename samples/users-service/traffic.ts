import { setTimeout as pause } from 'node:timers/promises';

import { log } from './log.js';

/** Users 1 to this one are asked for, the first ones most. */
export const USERS = 60;

/** For so long, and so many, once the button is pressed. */
export const SECONDS = 30;
export const PER_SECOND = 150;

/** Of all requests; the others ask for a user. */
const RENAMES = 0.03;
const SEARCHES = 0.05;

/** Requests as people make them, sent to the service over HTTP: most for few users, some that rename one, some that search. */
export class Traffic {
  /** Where the service listens. */
  url = '';
  #until = 0;

  get isOn(): boolean {
    return performance.now() < this.#until;
  }

  /** For half a minute from now on. */
  start(): void {
    const wasOn = this.isOn;
    this.#until = performance.now() + SECONDS * 1_000;
    if (!wasOn) void this.#run();
  }

  stop(): void {
    this.#until = 0;
  }

  async #run(): Promise<void> {
    log(`traffic for ${SECONDS} s; what it does is not logged, but shown by the page`);
    let [sent, failed] = [0, 0];
    for (const startedAt = performance.now(); this.isOn; sent += 1) {
      this.#send().catch(() => (failed += 1));
      await pause(Math.max(0, startedAt + (sent * 1_000) / PER_SECOND - performance.now()));
    }
    log(`traffic is over: ${sent} requests, ${failed} failed`);
  }

  async #send(): Promise<void> {
    const kind = Math.random();
    const user = `${this.url}/users/${popularUser()}`;
    if (kind < RENAMES) await send(user, { method: 'PUT', body: JSON.stringify({ name: `User ${Date.now()}` }) });
    else if (kind < RENAMES + SEARCHES) await send(`${this.url}/users?name=${anyLetters()}`);
    else await send(user);
  }
}

async function send(url: string, options: RequestInit = {}): Promise<void> {
  const headers = options.body === undefined ? {} : { 'content-type': 'application/json' };
  const response = await fetch(url, { ...options, headers, signal: AbortSignal.timeout(10_000) });
  await response.arrayBuffer();
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
}

/** Each user is asked for about half as often as one of half its number. */
function popularUser(): number {
  return Math.floor(USERS ** Math.random());
}

function anyLetters(): string {
  return Math.random().toString(36).slice(2, 6).padEnd(4, 'x');
}
