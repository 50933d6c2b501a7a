import { Refusal } from './refusal.js';

/** A button of the page that does something of the user's own. */
export interface DashboardAction {
  /** What the button says: `'Make traffic'`. */
  readonly name: string;
  /** Called when somebody presses it; the page waits for a promise. What it throws is told as a warning of the process. */
  readonly run: () => unknown;
}

/** What `POST action` answers. */
export interface Done {
  readonly done: string;
}

/** @throws Refusal */
export async function runAction(name: unknown, actions: readonly DashboardAction[]): Promise<Done> {
  const action = actions.find((each) => each.name === name);
  if (action === undefined) throw new Refusal(404, 'There is no such action.');
  await action.run();
  return { done: action.name };
}
