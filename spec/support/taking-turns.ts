import type { Store } from 'freshkeep';

/** Takes its turn among all that is under way. */
export type Turn = (label: string) => Promise<void>;

/** The same store as one process has it: each command and each answer takes its turn. */
export function takingTurns(store: Store, turn: Turn): Store {
  const travel = async <T>(label: string, act: () => T): Promise<Awaited<T>> => {
    await turn(`${label} sent`);
    const answer = await act();
    await turn(`${label} answered`);
    return answer;
  };
  return {
    read: (name, expected) => travel('read', () => store.read(name, expected)),
    open: (name, ticket, maxLoad, tagging) => travel('open', () => store.open(name, ticket, maxLoad, tagging)),
    fill: (name, ticket, value, terms) => travel('fill', () => store.fill(name, ticket, value, terms)),
    update: (name, ticket, value, terms) => travel('update', () => store.update(name, ticket, value, terms)),
    abandon: (name, ticket) => travel('abandon', () => store.abandon(name, ticket)),
    set: (name, value, terms) => travel('set', () => store.set(name, value, terms)),
    invalidate: (names, tags) => travel('invalidate', () => store.invalidate(names, tags)),
    clear: () => travel('clear', () => store.clear()),
    seal: (value) => store.seal(value),
  };
}
