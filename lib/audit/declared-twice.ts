import { milliseconds, type Symptom } from '../doctor/finding.js';
import type { AuditedMethods, Declaration, DeclaredLifetime } from './declaration.js';

interface Filling extends Declaration {
  readonly pattern: string;
  readonly lifetime: DeclaredLifetime & { readonly ttl: number };
}

/** Two methods fill one key, and keep it for different times. */
export function declaredTwice(classes: readonly AuditedMethods[]): Symptom[] {
  const fillings = classes.flatMap(({ declarations }) => declarations).filter(isFilling);
  const patterns = new Set(fillings.map(({ pattern }) => pattern));
  return [...patterns].flatMap((pattern) => {
    const [first, ...others] = fillings.filter((each) => each.pattern === pattern);
    const other = others.find((each) => first !== undefined && differs(first, each));
    return first === undefined || other === undefined ? [] : [symptomOf(first, other)];
  });
}

function isFilling(declaration: Declaration): declaration is Filling {
  return declaration.pattern !== undefined && declaration.lifetime?.ttl !== undefined;
}

function differs(one: Filling, other: Filling): boolean {
  return (
    one.lifetime.ttl !== other.lifetime.ttl || one.lifetime.staleWhileRevalidate !== other.lifetime.staleWhileRevalidate
  );
}

function symptomOf(one: Filling, other: Filling): Symptom {
  return {
    severity: 'medium',
    patterns: [one.pattern],
    summary: `${one.by} and ${other.by} fill the same entries, and keep them for different times: who comes first decides.`,
    evidence: [one, other].flatMap(({ by, lifetime }) => [
      milliseconds(`ttl of ${by}`, lifetime.ttl),
      milliseconds(`stale window of ${by}`, lifetime.staleWhileRevalidate),
    ]),
    advice:
      'Declare the lifetime once and use it in both; or, where they mean different things, give each a key of its own.',
  };
}
