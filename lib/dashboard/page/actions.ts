import { el, setText } from './dom.js';
import { server } from './server.js';

/** Buttons for what the service itself offers, in the order in which it does. */
export class Actions {
  readonly #outcome = el('p', { role: 'status' });
  readonly #buttons = el('div', { class: 'buttons' });
  readonly element = el('div', { class: 'actions', hidden: '' }, this.#buttons, this.#outcome);
  #names = '';

  show(names: readonly string[]): void {
    const listed = JSON.stringify(names);
    if (listed === this.#names) return;
    this.#names = listed;
    this.element.hidden = names.length === 0;
    this.#buttons.replaceChildren(...names.map((name) => this.#buttonFor(name)));
  }

  #buttonFor(name: string): HTMLElement {
    const button = el('button', { type: 'button' }, name);
    button.addEventListener('click', () => void this.#run(name, button));
    return button;
  }

  async #run(name: string, button: HTMLButtonElement): Promise<void> {
    button.disabled = true;
    setText(this.#outcome, '');
    try {
      const { done, said = 'done.' } = await server.action(name);
      setText(this.#outcome, `${done}: ${said}`);
    } catch (error) {
      setText(this.#outcome, error instanceof Error ? error.message : String(error));
    } finally {
      button.disabled = false;
      // A button that cannot be pressed has lost the focus; whoever has gone on meanwhile keeps it.
      if (document.activeElement === document.body) button.focus();
    }
  }
}
