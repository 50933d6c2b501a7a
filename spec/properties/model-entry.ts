import { windowsOf, type Windows } from './lifetimes.js';
import type { Id, Policy, Row } from './step.js';
import { tagsOf } from './tags.js';

/** What the model knows of an entry. */
export interface ModelEntry {
  readonly row: Row;
  readonly tags: readonly string[];
  readonly windows: Windows;
  readonly storedAt: number;
}

export type Standing = 'fresh' | 'stale' | 'last resort' | 'gone';

export function standingOf({ windows, storedAt }: ModelEntry, now: number): Standing {
  const past = now - storedAt - windows.ttl;
  if (past < 0) return 'fresh';
  if (past < windows.stale) return 'stale';
  return past < windows.ifError ? 'last resort' : 'gone';
}

/** As it is stored by one of this policy; `undefined` where it is not. */
export function entryFor(
  id: Id,
  row: Row,
  policy: Policy,
  { now, storeAbsent = true }: { readonly now: number; readonly storeAbsent?: boolean },
): ModelEntry | undefined {
  if (policy.stores === 'what exists' && (row === null || row === undefined)) return undefined;
  if (!storeAbsent && row === undefined) return undefined;
  return { row, tags: tagsOf(policy, id, row), windows: windowsOf(policy), storedAt: now };
}

/** Would a reader of this policy take it? Not where it lacks a tag that the reader declares. */
export function fits({ row, tags }: ModelEntry, id: Id, policy: Policy): boolean {
  return tagsOf(policy, id, row).every((tag) => tags.includes(tag));
}
