import { count, type Severity, type Symptom } from '../doctor/finding.js';
import { covers, spelledAlike } from '../doctor/pattern-likeness.js';
import type { AuditedMethods, Declaration } from './declaration.js';

/** A pattern, and who does what with it. */
interface Uses {
  readonly pattern: string;
  readonly fill: readonly string[];
  readonly invalidate: readonly string[];
}

/** A key is cached by one name and invalidated by another, or cached by two, or invalidated and cached by nobody. */
export function declaredInconsistently(classes: readonly AuditedMethods[]): Symptom[] {
  const declarations = classes.flatMap((each) => each.declarations);
  const uses = usesOf(declarations);
  const misspelt = misspeltAmong(uses);
  const twice = spelledAlike(uses.filter(isFilled), 'separators and case');
  // Of a filling whose pattern is unknown nobody can tell whether it is the one that is invalidated.
  const allKnown = declarations.every(({ does, pattern }) => does === 'invalidates' || pattern !== undefined);
  const told = new Set([...misspelt, ...twice].flat());
  const filled = uses.filter(isFilled);
  const isCovered = ({ pattern }: Uses): boolean => filled.some((each) => covers(each.pattern, pattern));
  const unknown = allKnown ? uses.filter((each) => !isFilled(each) && !told.has(each) && !isCovered(each)) : [];
  return [
    ...misspelt.map((alike) => spelledDifferently('high', 'Cached by one name and invalidated by another', alike)),
    ...twice.map((alike) => spelledDifferently('medium', 'Patterns that differ in their spelling alone', alike)),
    ...unknown.map(cachedByNobody),
  ];
}

function misspeltAmong(uses: readonly Uses[]): Uses[][] {
  return spelledAlike(uses, 'singular and plural too').filter(
    (alike) => alike.some(isFilled) && !alike.every(isFilled) && !mayBeLists(alike),
  );
}

/** Of things whose own keys are invalidated as well, and cached by a class that is not among these: all the rest is spelled the same. */
function mayBeLists(alike: readonly Uses[]): boolean {
  const spellings = new Set(alike.map(({ pattern }) => pattern.replaceAll(/(?<=[a-z]{3})s(?![a-z])/g, '')));
  return spellings.size === 1 && alike.filter(isFilled).every(({ invalidate }) => invalidate.length > 0);
}

const isFilled = ({ fill }: Uses): boolean => fill.length > 0;

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

function spelledDifferently(severity: Severity, what: string, uses: readonly Uses[]): Symptom {
  const names = uses.map(({ pattern, fill, invalidate }) => `${pattern} (${[...fill, ...invalidate].join(', ')})`);
  return {
    severity,
    patterns: uses.map(({ pattern }) => pattern),
    summary: `${what}: ${names.join(' and ')}.`,
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
