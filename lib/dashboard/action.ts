import { Refusal } from './refusal.js';

/** A button of the page that does something of the user's own. */
export interface DashboardAction {
  /** What the button says: `'Make traffic'`. */
  readonly name: string;
  /**
   * Called when somebody presses it; the page waits for a promise, and shows the text that it returns, if it does. What it throws is
   * told as a warning of the process.
   */
  readonly run: () => unknown;
}

/** What `POST action` answers. */
export interface Done {
  readonly done: string;
  /** What the action says of itself. */
  readonly said?: string;
}

/** @throws Refusal */
export async function runAction(name: unknown, actions: readonly DashboardAction[]): Promise<Done> {
  const action = actions.find((each) => each.name === name);
  if (action === undefined) throw new Refusal(404, 'There is no such action.');
  const said = await action.run();
  return { done: action.name, ...(typeof said === 'string' && said !== '' ? { said } : {}) };
}
