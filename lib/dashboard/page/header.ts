import type { Overview } from '../overview.js';
import { Actions } from './actions.js';
import { el, setText } from './dom.js';
import { formatDuration } from './format.js';

/** What the header lets users do. */
export interface HeaderActions {
  readonly choose: (cache: string) => void;
  readonly pause: (paused: boolean) => void;
}

/** How the page is doing, where nothing is wrong. */
export type Connection = 'connecting' | 'live' | 'paused';

const CONNECTIONS: Readonly<Record<Connection, string>> = {
  connecting: 'Connecting',
  live: 'Live',
  paused: 'Paused',
};

/** Which cache is shown, since when it counts, and whether the page is live. */
export class Header {
  readonly #name = el('span', { class: 'name', hidden: '' });
  readonly #caches = el('select', { 'aria-label': 'Cache', hidden: '' });
  readonly #counted = el('p', { class: 'counted' });
  readonly #state = el('p', { class: 'state', role: 'status' });
  readonly #actions = new Actions();
  #isLost = false;
  readonly #pause = el('button', { type: 'button', 'aria-pressed': 'false' }, 'Pause');
  readonly element = el(
    'header',
    {},
    el('img', { src: 'icon.svg', alt: '', width: '28', height: '28' }),
    el('h1', {}, el('span', { class: 'brand' }, 'freshkeep'), ' ', this.#name),
    this.#caches,
    this.#counted,
    this.#actions.element,
    this.#state,
    this.#pause,
  );

  constructor({ choose, pause }: HeaderActions) {
    this.#caches.addEventListener('change', () => {
      choose(this.#caches.value);
    });
    this.#pause.addEventListener('click', () => {
      const paused = this.#pause.getAttribute('aria-pressed') !== 'true';
      this.#pause.setAttribute('aria-pressed', String(paused));
      pause(paused);
    });
  }

  connection(connection: Connection): void {
    this.#isLost = false;
    this.#say(connection, CONNECTIONS[connection]);
  }

  /** Whether it is live shows with the next answer; what is lost is so until then. */
  paused(paused: boolean): void {
    if (!this.#isLost) this.connection(paused ? 'paused' : 'connecting');
  }

  /** What is shown is of before. */
  lost(why: string): void {
    this.#isLost = true;
    this.#say('lost', why);
  }

  show({ cache, caches, countedFor, actions }: Overview): void {
    const several = caches.length > 1;
    setText(this.#name, cache);
    this.#name.className = several ? 'unseen' : 'name';
    this.#name.hidden = false;
    this.#caches.hidden = !several;
    const options = [...this.#caches.options];
    if (options.length !== caches.length || options.some(({ value }, index) => value !== caches[index]))
      this.#caches.replaceChildren(...caches.map((name) => el('option', { value: name }, name)));
    this.#caches.value = cache;
    setText(this.#counted, `counted for ${formatDuration(countedFor)}`);
    this.#actions.show(actions);
    document.title = `${cache} · freshkeep`;
  }

  #say(state: string, text: string): void {
    setText(this.#state, text);
    this.#state.className = `state ${state}`;
  }
}
