import type { FindingName, Symptom } from '../doctor/finding.js';
import { declaredInconsistently } from './declared-inconsistently.js';
import { declaredTwice } from './declared-twice.js';
import type { AuditedMethods } from './declaration.js';
import { undeclaredWrites } from './undeclared-writes.js';

/** Looks for one thing that may be wrong, in declarations alone. */
export interface AuditRule {
  readonly name: FindingName;
  readonly check: (classes: readonly AuditedMethods[]) => readonly Symptom[];
}

export const AUDIT_RULES: readonly AuditRule[] = [
  { name: 'inconsistent-keys', check: declaredInconsistently },
  { name: 'no-invalidation', check: undeclaredWrites },
  { name: 'duplicated-logic', check: declaredTwice },
];
