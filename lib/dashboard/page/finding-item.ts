import type { Evidence, Finding } from '../../doctor/finding.js';
import { el, setSentence, setText } from './dom.js';
import { Facts } from './facts.js';
import { formatBytes, formatCount, formatDuration, formatShare } from './format.js';

/** One finding; its elements stay while its figures change, and so what is open, focused or selected in it does. */
export class FindingItem {
  readonly #severity = el('span', { class: 'severity' });
  readonly #name = el('span');
  readonly #patterns = el('p', { class: 'patterns' });
  readonly #summary = el('p');
  readonly #advice = el('p', { class: 'advice' });
  readonly #evidence = new Facts();
  readonly #page = el('p', { class: 'page' });
  readonly element = el(
    'li',
    {},
    el('h3', {}, this.#severity, this.#name),
    this.#patterns,
    this.#summary,
    el('details', {}, el('summary', {}, 'What to do, and why'), this.#advice, this.#evidence.element, this.#page),
  );

  constructor({ name, patterns, page }: Finding, select: (pattern: string) => void) {
    setText(this.#name, name);
    setText(this.#page, `More: ${page}`);
    this.#patterns.append(...patterns.map((pattern) => linkTo(pattern, select)));
  }

  show({ severity, summary, advice, evidence }: Finding): void {
    this.element.className = severity;
    setText(this.#severity, severity);
    setSentence(this.#summary, summary);
    setSentence(this.#advice, advice);
    this.#evidence.show(evidence.map((each) => ({ name: each.what, text: formatEvidence(each) })));
  }
}

function linkTo(pattern: string, select: (pattern: string) => void): HTMLElement {
  const button = el('button', { type: 'button', class: 'link' }, pattern);
  button.addEventListener('click', () => {
    select(pattern);
  });
  return button;
}

function formatEvidence({ value, unit }: Evidence): string {
  switch (unit) {
    case 'count':
      return formatCount(value);
    case 'share':
      return formatShare(value);
    case 'ms':
      return formatDuration(value);
    case 'bytes':
      return formatBytes(value);
  }
}
