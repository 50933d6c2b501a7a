import type { Id, Policy, Row } from './step.js';

export const TAGS = ['even', 'odd', 'group x', 'group y', 'no group'] as const;

export function tagOfId(id: Id): string {
  return id % 2 === 0 ? 'even' : 'odd';
}

export function tagOfValue(row: Row): string {
  return row?.group === undefined ? 'no group' : `group ${row.group}`;
}

/** Those that are known before the load. */
export function tagsBefore({ tags }: Policy, id: Id): readonly string[] {
  return tags === 'of id' || tags === 'of both' ? [tagOfId(id)] : [];
}

export function tagsOf(policy: Policy, id: Id, row: Row): readonly string[] {
  const { tags } = policy;
  return tags === 'of value' || tags === 'of both'
    ? [...tagsBefore(policy, id), tagOfValue(row)]
    : tagsBefore(policy, id);
}
