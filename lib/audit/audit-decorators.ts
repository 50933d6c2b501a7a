import { bySeverity, findingOf, type Finding } from '../doctor/finding.js';
import { CacheError, checkBoolean, invalidOption } from '../errors.js';
import { checkOptionNames, type NamesOf } from '../known-names.js';
import { methodsIn, type AuditedClass } from './declaration.js';
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
  checkIgnored(ignore);
  const audited = [...new Set(checkClasses(classes))]
    .map(methodsIn)
    .map((each) => ({ ...each, silentWriters: each.silentWriters.filter((name) => !ignore.includes(name)) }));
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

function checkIgnored(ignore: readonly string[]): void {
  if (!Array.isArray(ignore) || !ignore.every((name) => typeof name === 'string')) {
    throw invalidOption('ignore', "a list of names of methods ('Users.reset')", ignore);
  }
}

function failed(findings: readonly Finding[]): CacheError {
  const told = findings.map(({ name, summary }) => `${name}: ${summary}`);
  return new CacheError('ERR_CACHE_AUDIT_FAILED', `Expected decorators without findings, got ${told.join(' ')}`);
}
