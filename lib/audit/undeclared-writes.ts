import { count, type Symptom } from '../doctor/finding.js';
import type { AuditedMethods } from './declaration.js';

/** A class that caches has methods that seem to write, and declare nothing. */
export function undeclaredWrites(classes: readonly AuditedMethods[]): Symptom[] {
  return classes.flatMap(({ name, declarations, silentWriters }) => {
    const cached = declarations.filter(({ does }) => does === 'fills');
    if (cached.length === 0 || silentWriters.length === 0) return [];
    return [
      {
        severity: 'low' as const,
        patterns: [...new Set(cached.flatMap(({ pattern }) => pattern ?? []))],
        summary: `${name} caches, and ${silentWriters.join(', ')} may change what it caches without a word to the cache.`,
        evidence: [
          count('methods that cache', cached.length),
          count('methods that seem to write', silentWriters.length),
        ],
        advice:
          'Put `@InvalidatesCache`, or `@UpdatesCache`, on what changes cached values; name the others in `ignore`, or begin their names otherwise.',
      },
    ];
  });
}
