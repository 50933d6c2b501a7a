import type { Explanation } from '../../cache/explanation.js';
import { card } from './card.js';
import { el, newId, type Child } from './dom.js';
import { server } from './server.js';

type Kind = 'key' | 'tag';

/** A key or a tag that the user types: why it would be answered as it would be, and, where that is allowed, its invalidation. */
export class Keys {
  readonly element: HTMLElement;
  readonly #input = el('input', {
    id: newId('key'),
    required: '',
    maxlength: '512',
    autocomplete: 'off',
    spellcheck: 'false',
    placeholder: 'user:7',
  });
  readonly #kind = el(
    'select',
    { 'aria-label': 'Key or tag' },
    el('option', { value: 'key' }, 'Key'),
    el('option', { value: 'tag' }, 'Tag'),
  );
  readonly #explain = el('button', { type: 'submit' }, 'Explain');
  readonly #invalidate = el('button', { type: 'button', class: 'danger' }, 'Invalidate');
  readonly #output = el('div', { class: 'output', 'aria-live': 'polite' });
  /** `undefined` while the page asks for another one. */
  #cache: string | undefined;
  /** What was asked last: only its answer is shown. */
  #asked = 0;

  constructor() {
    const label = el(
      'label',
      { for: this.#input.id, class: 'hint' },
      'A whole key, as events and logs show it, with its scope.',
    );
    const form = el(
      'form',
      {},
      this.#kind,
      this.#input,
      el('div', { class: 'buttons' }, this.#explain, this.#invalidate),
    );
    this.element = card('keys-card', 'One key', label, form, this.#output);
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      const key = this.#input.value;
      if (this.#typed() === 'key') void this.#answer(async (cache) => explained(key, await server.explain(cache, key)));
    });
    this.#invalidate.addEventListener('click', () => {
      if (form.reportValidity()) void this.#answer((cache) => this.#invalidated(cache));
    });
    this.#kind.addEventListener('change', () => {
      this.#enable();
    });
    this.#enable();
  }

  show(cache: string, allowInvalidation: boolean): void {
    if (cache !== this.#cache) this.#forget();
    this.#cache = cache;
    this.#enable();
    this.#kind.hidden = this.#invalidate.hidden = !allowInvalidation;
  }

  /** Another cache is to be shown: what is typed is meant for that one. */
  leave(): void {
    this.#cache = undefined;
    this.#enable();
    this.#forget();
  }

  #forget(): void {
    this.#asked += 1;
    this.#output.replaceChildren();
  }

  #enable(): void {
    this.#invalidate.disabled = this.#cache === undefined;
    this.#explain.disabled = this.#cache === undefined || this.#typed() === 'tag';
  }

  #typed(): Kind {
    return this.#kind.value === 'tag' ? 'tag' : 'key';
  }

  async #invalidated(cache: string): Promise<Child[]> {
    const [kind, name] = [this.#typed(), this.#input.value];
    const { result } = await server.invalidate(cache, kind === 'tag' ? { tag: name } : { key: name });
    const said =
      result === 'applied'
        ? ' is invalidated (applied).'
        : ` is not invalidated yet (${result}): the store is away. It will be as soon as the store is back.`;
    return [el('p', { class: result === 'applied' ? 'good' : 'bad' }, `The ${kind} `, el('code', {}, name), said)];
  }

  async #answer(ask: (cache: string) => Promise<Child[]>): Promise<void> {
    if (this.#cache === undefined) return;
    this.#asked += 1;
    const asked = this.#asked;
    const answer = await ask(this.#cache).catch((error: unknown) => [
      el('p', { class: 'bad' }, error instanceof Error ? error.message : String(error)),
    ]);
    if (asked === this.#asked) this.#output.replaceChildren(...answer);
  }
}

function explained(key: string, explanation: Explanation): Child[] {
  const { outcome, reason } = explanation;
  const whole = el('pre', { tabindex: '0' }, JSON.stringify(explanation, undefined, 2));
  return [
    el('p', {}, el('code', {}, key), ' – ', el('strong', {}, outcome), `: ${reason}.`),
    el('details', {}, el('summary', {}, 'All that is known'), whole),
  ];
}
