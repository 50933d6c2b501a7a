import { el, newId, type Child } from './dom.js';

/** A part of the page, with a heading that names it. */
export function card(className: string, heading: string, ...children: readonly Child[]): HTMLElement {
  const id = newId('heading');
  return el('section', { class: `card ${className}`, 'aria-labelledby': id }, el('h2', { id }, heading), ...children);
}
