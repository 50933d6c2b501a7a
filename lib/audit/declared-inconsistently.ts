import { count, type Symptom } from '../doctor/finding.js';
import { alike } from '../doctor/pattern-likeness.js';
import type { AuditedMethods, Declaration } from './declaration.js';

/** A pattern, and who does what with it. */
interface Uses {
  readonly pattern: string;
  readonly fill: readonly string[];
  readonly invalidate: readonly string[];
}

/** A key is spelled in two ways, or invalidated and cached by nobody. */
export function declaredInconsistently(classes: readonly AuditedMethods[]): Symptom[] {
  const declarations = classes.flatMap((each) => each.declarations);
  const uses = usesOf(declarations);
  const spellings = uses.map((each) => uses.filter(({ pattern }) => alike(pattern) === alike(each.pattern)));
  const ambiguous = spellings.filter(([first, ...others], index) => others.length > 0 && first === uses[index]);
  // Of a filling whose pattern is unknown nobody can tell whether it is the one that is invalidated.
  const allKnown = declarations.every(({ does, pattern }) => does === 'invalidates' || pattern !== undefined);
  const known = new Set(ambiguous.flat());
  const unknown = allKnown ? uses.filter((each) => each.fill.length === 0 && !known.has(each)) : [];
  return [...ambiguous.map(spelledDifferently), ...unknown.map(cachedByNobody)];
}

function usesOf(declarations: readonly Declaration[]): Uses[] {
  const patterns = new Set(declarations.flatMap(({ pattern }) => pattern ?? []));
  const whoDoes = (does: Declaration['does'], pattern: string): string[] =>
    declarations.filter((each) => each.does === does && each.pattern === pattern).map(({ by }) => by);
  return [...patterns].map((pattern) => ({
    pattern,
    fill: whoDoes('fills', pattern),
    invalidate: whoDoes('invalidates', pattern),
  }));
}

function spelledDifferently(uses: readonly Uses[]): Symptom {
  const names = uses.map(({ pattern, fill, invalidate }) => `${pattern} (${[...fill, ...invalidate].join(', ')})`);
  const isInVain = uses.some(({ fill }) => fill.length === 0);
  return {
    severity: isInVain ? 'high' : 'medium',
    patterns: uses.map(({ pattern }) => pattern),
    summary: isInVain
      ? `Cached by one name and invalidated by another: ${names.join(' and ')}.`
      : `Patterns that differ in their spelling alone: ${names.join(' and ')}.`,
    evidence: [count('spellings', uses.length)],
    advice: 'Declare the key once, as a function, and use that in readers and writers alike.',
  };
}

function cachedByNobody({ pattern, invalidate }: Uses): Symptom {
  return {
    severity: 'medium',
    patterns: [pattern],
    summary: `${invalidate.join(', ')} invalidates ${pattern}, and none of these classes caches under it.`,
    evidence: [count('methods that invalidate it', invalidate.length)],
    advice: 'Give `auditDecorators` the class that does, or use the key of the method that was meant.',
  };
}
