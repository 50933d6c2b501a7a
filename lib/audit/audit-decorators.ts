import { bySeverity, findingOf, type Finding } from '../doctor/finding.js';
import { CacheError, checkBoolean, invalidOption } from '../errors.js';
import { checkOptionNames, nearest, type NamesOf } from '../known-names.js';
import { methodsIn, type AuditedClass, type AuditedMethods } from './declaration.js';
import { AUDIT_RULES } from './audit-rules.js';

export interface AuditOptions {
  /** Throw where anything is found. Default `false`. */
  readonly strict?: boolean;
  /** Methods that look as if they would write, and do not, or write what no cache has: `['Users.resetCounters']`. Default: none. */
  readonly ignore?: readonly string[];
}

const AUDIT_OPTIONS: NamesOf<AuditOptions> = { strict: true, ignore: true };

/**
 * What decorators alone tell of how methods are cached, before any call is made: at bootstrap, or in a unit test. Looks at `classes` together, so give all that
 * share a cache: keys that are invalidated and that no method caches, or that are spelled differently; methods that seem to write and declare nothing, in
 * a class that caches; one key with two lifetimes. The worst first; nothing where all is well (`docs/doctor.md`).
 *
 * Key functions are called, with arguments that stand for any: one that looks into them is left out.
 * @throws CacheError `ERR_CACHE_OPTION_INVALID`; with `strict` `ERR_CACHE_AUDIT_FAILED`, which names all that was found
 */
export function auditDecorators(classes: readonly AuditedClass[], options: AuditOptions = {}): Finding[] {
  const { strict = false, ignore = [] } = checkOptionNames('options', options, AUDIT_OPTIONS);
  checkBoolean('strict', strict);
  const methods = [...new Set(checkClasses(classes))].map(methodsIn);
  const ignored = checkIgnored(ignore, methods);
  const audited = methods.map((each) => ({
    ...each,
    silentWriters: each.silentWriters.filter((name) => !ignored.has(name)),
  }));
  const findings = AUDIT_RULES.flatMap(({ name, check }) => check(audited).map((symptom) => findingOf(name, symptom)));
  if (strict && findings.length > 0) throw failed(findings);
  return findings.sort(bySeverity);
}

function checkClasses(classes: readonly AuditedClass[]): readonly AuditedClass[] {
  const given: unknown = classes;
  if (!Array.isArray(given) || given.length === 0)
    throw invalidOption('classes', 'a list of at least one class', given);
  for (const [index, each] of given.entries()) {
    if (!isClass(each)) throw invalidOption(`classes[${index}]`, 'a class', each);
  }
  return classes;
}

function isClass(value: unknown): boolean {
  return typeof value === 'function' && typeof value.prototype === 'object';
}

/** What is misspelt, or was renamed, would go on to be ignored, and nobody would hear of it. */
function checkIgnored(ignore: readonly string[], audited: readonly AuditedMethods[]): ReadonlySet<string> {
  if (!Array.isArray(ignore)) throw invalidOption('ignore', "a list of names of methods ('Users.reset')", ignore);
  const names = audited.flatMap((each) => each.methods);
  for (const [index, name] of (ignore as readonly unknown[]).entries()) {
    if (names.includes(name as string)) continue;
    const meant = typeof name === 'string' ? nearest(name, names) : undefined;
    const question = meant === undefined ? '' : ` (${meant}?)`;
    throw invalidOption(`ignore[${index}]`, `a method of one of the classes${question}, such as 'Users.reset'`, name);
  }
  return new Set(ignore);
}

function failed(findings: readonly Finding[]): CacheError {
  const told = findings.map(({ name, summary }) => `${name}: ${summary}`);
  return new CacheError('ERR_CACHE_AUDIT_FAILED', `Expected decorators without findings, got ${told.join(' ')}`);
}
