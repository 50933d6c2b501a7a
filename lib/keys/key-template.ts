import { CacheError, describeValue } from '../errors.js';
import { CompiledKey, type TextOfFirst } from './compiled-key.js';
import { KeyPattern } from './key-pattern.js';

/** A step of a path: an argument's position, then property names. */
const PLACEHOLDER = /\{(0|[1-9]\d*)((?:\.[\p{ID_Continue}$]+)*)\}/gu;

interface Placeholder {
  readonly position: number;
  readonly path: readonly string[];
}

/**
 * Compiles a template string, `'order:{0.customer.id}:{1}'`: a placeholder is a position in the argument list, with a
 * path into that argument. A path that meets `null` or `undefined` on its way yields `undefined`, as `?.` does.
 *
 * @throws CacheError `ERR_CACHE_KEY_TEMPLATE_INVALID`
 */
export function compileTemplate(template: string): CompiledKey {
  const { literals, placeholders } = parse(template);
  const pattern = new KeyPattern(literals);
  const [only, ...others] = placeholders;
  if (only?.position === 0 && others.length === 0) return CompiledKey.ofFirst(pattern.name, textOfFirst(pattern, only));
  return CompiledKey.ofTexts(pattern.name, (args) =>
    pattern.textOf(placeholders.map(({ position, path }) => lookUp(path, args[position]))),
  );
}

/** Most templates have one placeholder, and most of those no path. */
function textOfFirst(pattern: KeyPattern, { path }: Placeholder): TextOfFirst {
  return path.length === 0 ? (first) => pattern.textOfOne(first) : (first) => pattern.textOfOne(lookUp(path, first));
}

function parse(template: string): { literals: string[]; placeholders: Placeholder[] } {
  const literals: string[] = [];
  const placeholders: Placeholder[] = [];
  let end = 0;
  for (const match of template.matchAll(PLACEHOLDER)) {
    literals.push(template.slice(end, match.index));
    placeholders.push({ position: Number(match[1]), path: (match[2] ?? '').split('.').slice(1) });
    end = match.index + match[0].length;
  }
  literals.push(template.slice(end));
  if (literals.some((literal) => /[{}]/.test(literal))) {
    throw new CacheError(
      'ERR_CACHE_KEY_TEMPLATE_INVALID',
      `Expected the placeholders of \`key\` to be positions with paths ('{0}', '{1.customer.id}'), got ${describeValue(template)}`,
    );
  }
  return { literals, placeholders };
}

function lookUp(path: readonly string[], from: unknown): unknown {
  let value = from;
  for (const name of path) {
    if (value === null || value === undefined) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[name];
  }
  return value;
}
