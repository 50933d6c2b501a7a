import { el, setText } from './dom.js';

/** A name, what is said of it, and whether it is worth a look. */
export interface Fact {
  readonly name: string;
  readonly text: string;
  readonly mood?: 'good' | 'bad';
}

/** A list of facts, whose elements stay while their texts change. */
export class Facts {
  readonly element = el('dl', { class: 'facts' });
  #names = '';

  show(facts: readonly Fact[]): void {
    const names = facts.map(({ name }) => name).join('\n');
    if (names !== this.#names) {
      this.#names = names;
      this.element.replaceChildren(...facts.map(({ name }) => el('div', {}, el('dt', {}, name), el('dd'))));
    }
    for (const [index, value] of [...this.element.querySelectorAll('dd')].entries()) {
      const { text = '', mood } = facts[index] ?? {};
      setText(value, text);
      value.className = mood ?? '';
    }
  }
}
