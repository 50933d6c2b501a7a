import type { Evidence, Finding } from '../../doctor/finding.js';
import { card } from './card.js';
import { el, sentence, setText } from './dom.js';
import { formatBytes, formatCount, formatDuration, formatShare } from './format.js';

/** What the doctor has found, the worst first. */
export class Findings {
  readonly element: HTMLElement;
  readonly #select: (pattern: string) => void;
  readonly #said = el('p', { class: 'said', 'aria-live': 'polite' });
  readonly #list = el('ul', { class: 'findings' });
  #shown = '';

  constructor(select: (pattern: string) => void) {
    this.#select = select;
    this.element = card('findings-card', 'Findings', this.#said, this.#list);
  }

  show(findings: readonly Finding[]): void {
    setText(this.#said, inShort(findings));
    // The figures of the evidence change with each poll; a list that is the same keeps the focus of whoever reads it.
    const shown = JSON.stringify(findings);
    if (shown === this.#shown) return;
    this.#shown = shown;
    const open = new Set([...this.#list.querySelectorAll('details[open]')].map(({ id }) => id));
    const focused = document.activeElement?.id ?? '';
    this.#list.replaceChildren(...findings.map((finding) => this.#item(finding, open)));
    if (focused !== '' && this.#list.querySelector(`[id="${CSS.escape(focused)}"]`) !== null)
      document.getElementById(focused)?.focus({ preventScroll: true });
  }

  #item(finding: Finding, open: ReadonlySet<string>): HTMLElement {
    const { name, severity, patterns, summary, evidence, advice, page } = finding;
    const id = `finding-${name}-${patterns.join('-')}`;
    const details = el(
      'details',
      { id },
      el('summary', { id: `${id}-summary` }, 'What to do, and why'),
      el('p', { class: 'advice' }, ...sentence(advice)),
      el(
        'dl',
        { class: 'facts' },
        ...evidence.map((each) => el('div', {}, el('dt', {}, each.what), el('dd', {}, formatEvidence(each)))),
      ),
      el('p', { class: 'page' }, `More: ${page}`),
    );
    details.open = open.has(id);
    return el(
      'li',
      { class: severity },
      el('h3', {}, el('span', { class: 'severity' }, severity), el('span', {}, name)),
      el('p', { class: 'patterns' }, ...patterns.map((pattern) => this.#link(pattern, id))),
      el('p', {}, ...sentence(summary)),
      details,
    );
  }

  #link(pattern: string, id: string): HTMLElement {
    const button = el('button', { type: 'button', class: 'link', id: `${id}-${pattern}` }, pattern);
    button.addEventListener('click', () => {
      this.#select(pattern);
    });
    return button;
  }
}

function inShort(findings: readonly Finding[]): string {
  if (findings.length === 0) return 'Nothing is wrong, as far as the figures tell.';
  const high = findings.filter(({ severity }) => severity === 'high').length;
  const all = findings.length === 1 ? 'One finding' : `${findings.length} findings`;
  return high === 0
    ? `${all}.`
    : `${all}, ${high === findings.length ? 'of high severity' : `${high} of high severity`}.`;
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
