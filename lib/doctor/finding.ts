/** Every name that a {@link Finding} can carry. Each has a page, `docs/findings/<name>.md`; a spec keeps the two equal. */
export const FINDING_NAMES = [
  'stampede',
  'ttl-too-long',
  'ttl-too-short',
  'inconsistent-keys',
  'no-invalidation',
  'not-worth-caching',
  'duplicated-logic',
  'key-explosion',
  'too-many-patterns',
  'failing-loads',
  'unsupported-values',
  'refused-fills',
  'lease-ended',
  'failing-options',
  'unreadable-entries',
  'l1-too-small',
  'l1-not-trusted',
  'store-away',
  'queue-growing',
  'clock-skew',
] as const;

/** A stable name for what is wrong; branch on this, never on the sentences. */
export type FindingName = (typeof FINDING_NAMES)[number];

/** `high`: users see it, or soon will. `medium`: it costs time or memory, or may give wrong values. `low`: worth a look. */
export type Severity = 'high' | 'medium' | 'low';

/** What a figure is: a plain number, a part of one, a time in milliseconds, or a size. */
export type Unit = 'count' | 'share' | 'ms' | 'bytes';

/** One of the figures that a finding rests on. */
export interface Evidence {
  /** What was counted or measured, for people to read. */
  readonly what: string;
  readonly value: number;
  readonly unit: Unit;
}

/** Something that is wrong with how methods are cached, and what to change. Plain data, for JSON; the sentences are for people. */
export interface Finding {
  readonly name: FindingName;
  readonly severity: Severity;
  /** The patterns it is about; none where it is about the cache as a whole. */
  readonly patterns: readonly string[];
  /** What is wrong. */
  readonly summary: string;
  readonly evidence: readonly Evidence[];
  /** What to change, in the code of the user. */
  readonly advice: string;
  /** The page that tells more, in this package. */
  readonly page: string;
}

/** What a rule tells: who calls it adds the rest. */
export type Symptom = Omit<Finding, 'name' | 'page'>;

const RANKS: Readonly<Record<Severity, number>> = { high: 0, medium: 1, low: 2 };

/** The worst come first. */
export function bySeverity(one: Finding, other: Finding): number {
  return RANKS[one.severity] - RANKS[other.severity];
}

export function findingOf(name: FindingName, symptom: Symptom): Finding {
  return { name, ...symptom, page: `docs/findings/${name}.md` };
}

export const count = (what: string, value: number): Evidence => ({ what, value, unit: 'count' });
export const share = (what: string, value: number): Evidence => ({ what, value, unit: 'share' });
export const milliseconds = (what: string, value: number): Evidence => ({ what, value, unit: 'ms' });
export const bytes = (what: string, value: number): Evidence => ({ what, value, unit: 'bytes' });
