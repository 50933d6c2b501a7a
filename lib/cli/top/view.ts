import type { Look } from './look.js';

/** Where looks are shown. */
export interface View {
  show(look: Look): void;
  close(): void;
}

/** On the clock of whoever looks. */
export function timeOf(at: number): string {
  return new Date(at).toTimeString().slice(0, 8);
}
