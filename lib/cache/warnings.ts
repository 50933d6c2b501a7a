/** Patterns remembered; beyond these, a warning may come twice. */
const MAX_REMEMBERED = 1_000;

const warned = new Set<string>();

/** Warns the process (`process.emitWarning`), once for each code and pattern. */
export function warnOnce(code: string, pattern: string, message: string): void {
  const id = `${code} ${pattern}`;
  if (warned.has(id)) return;
  if (warned.size >= MAX_REMEMBERED) warned.clear();
  warned.add(id);
  process.emitWarning(`${pattern}: ${message}`, { type: 'FreshkeepWarning', code });
}
