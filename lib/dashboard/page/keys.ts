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
  #cache = '';

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
      if (this.#typed() === 'key')
        void this.#answer(async () => explained(await server.explain(this.#cache, this.#input.value)));
    });
    this.#invalidate.addEventListener('click', () => {
      if (form.reportValidity()) void this.#answer(() => this.#invalidated());
    });
    this.#kind.addEventListener('change', () => {
      this.#explain.disabled = this.#typed() === 'tag';
    });
  }

  show(cache: string, allowInvalidation: boolean): void {
    this.#cache = cache;
    this.#kind.hidden = this.#invalidate.hidden = !allowInvalidation;
  }

  #typed(): Kind {
    return this.#kind.value === 'tag' ? 'tag' : 'key';
  }

  async #invalidated(): Promise<Child[]> {
    const [kind, name] = [this.#typed(), this.#input.value];
    const { result } = await server.invalidate(this.#cache, kind === 'tag' ? { tag: name } : { key: name });
    const what = kind === 'tag' ? 'The tag' : 'The key';
    const said =
      result === 'applied'
        ? `${what} is invalidated (applied).`
        : `${what} is not invalidated yet (${result}): the store is away. It will be as soon as the store is back.`;
    return [el('p', { class: result === 'applied' ? 'good' : 'bad' }, said)];
  }

  async #answer(ask: () => Promise<Child[]>): Promise<void> {
    try {
      this.#output.replaceChildren(...(await ask()));
    } catch (error) {
      this.#output.replaceChildren(el('p', { class: 'bad' }, error instanceof Error ? error.message : String(error)));
    }
  }
}

function explained(explanation: Explanation): Child[] {
  const { outcome, reason } = explanation;
  const whole = el('pre', { tabindex: '0' }, JSON.stringify(explanation, undefined, 2));
  return [
    el('p', {}, el('strong', {}, outcome), `: ${reason}.`),
    el('details', {}, el('summary', {}, 'All that is known'), whole),
  ];
}
