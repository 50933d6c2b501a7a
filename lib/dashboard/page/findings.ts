import type { Finding } from '../../doctor/finding.js';
import { card } from './card.js';
import { arrange, el, setText } from './dom.js';
import { FindingItem } from './finding-item.js';
import { formatExactly } from './format.js';
import { Kept } from './kept.js';

/** The worst ones; of a thousand patterns there may be hundreds, and the methods stand below them where there is little room. */
const FIRST = 5;

/** What the doctor has found, the worst first. */
export class Findings {
  readonly element: HTMLElement;
  readonly #said = el('p', { class: 'said', 'aria-live': 'polite' });
  readonly #list = el('ul', { class: 'findings' });
  readonly #more = el('button', { type: 'button', class: 'more' });
  readonly #items: Kept<Finding, FindingItem>;
  #findings: readonly Finding[] = [];
  #all = false;

  constructor(select: (pattern: string) => void) {
    this.#items = new Kept((finding) => new FindingItem(finding, select));
    this.element = card('findings-card', 'Findings', this.#said, this.#list, this.#more);
    this.#more.addEventListener('click', () => {
      this.#all = !this.#all;
      this.#draw();
    });
  }

  show(findings: readonly Finding[]): void {
    this.#findings = findings;
    this.#draw();
  }

  #draw(): void {
    const { length } = this.#findings;
    setText(this.#said, inShort(this.#findings));
    const items = this.#items.of(byName(this.#all ? this.#findings : this.#findings.slice(0, FIRST)));
    for (const [item, finding] of items) item.show(finding);
    arrange(
      this.#list,
      items.map(([{ element }]) => element),
    );
    this.#more.hidden = length <= FIRST;
    setText(this.#more, this.#all ? `Show the first ${FIRST}` : `Show all ${formatExactly(length)}`);
  }
}

/** By what it is and what it is about, which stays while its figures change; a second one of these is another. */
function byName(findings: readonly Finding[]): ReadonlyMap<string, Finding> {
  const named = new Map<string, Finding>();
  for (const finding of findings) {
    let name = JSON.stringify([finding.name, finding.patterns]);
    while (named.has(name)) name += '+';
    named.set(name, finding);
  }
  return named;
}

function inShort(findings: readonly Finding[]): string {
  if (findings.length === 0) return 'Nothing is wrong, as far as the figures tell.';
  const high = findings.filter(({ severity }) => severity === 'high').length;
  const all = findings.length === 1 ? 'One finding' : `${findings.length} findings`;
  return high === 0
    ? `${all}.`
    : `${all}, ${high === findings.length ? 'of high severity' : `${high} of high severity`}.`;
}
