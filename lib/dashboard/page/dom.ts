/** What an element contains: text is always text, whatever it looks like. */
export type Child = Node | string;

/** A new element. */
export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Readonly<Record<string, string>> = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** Nothing is touched where the text is the same: a selection stays, and a screen reader has nothing to tell. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/** Puts `children` in this order, and does nothing where they are; what has the focus keeps it. */
export function arrange(parent: Element, children: readonly Element[]): void {
  const now = parent.children;
  if (now.length === children.length && children.every((child, index) => now[index] === child)) return;
  const focused = document.activeElement;
  parent.replaceChildren(...children);
  if (focused instanceof HTMLElement && parent.contains(focused)) focused.focus({ preventScroll: true });
}

/** A text in which code stands between backticks; nothing is touched where it is the same. */
export function setSentence(element: Element, text: string): void {
  const pieces = text.split('`');
  if (element.textContent === pieces.join('')) return;
  element.replaceChildren(...pieces.map((piece, index) => (index % 2 === 1 ? el('code', {}, piece) : piece)));
}

let lastId = 0;

/** One that no other element of the page has. */
export function newId(prefix: string): string {
  lastId += 1;
  return `${prefix}-${lastId}`;
}
