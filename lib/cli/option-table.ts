/** An option of a command. */
export interface OptionTerms {
  /** Shown in the place of its value; an option without one is a flag. */
  readonly value?: string;
  /** May it be given more than once? */
  readonly many?: boolean;
  readonly short?: string;
  /** What it does, with its default. */
  readonly says: string;
}

/** By name, without the dashes. */
export type OptionTable = Readonly<Record<string, OptionTerms>>;

/** Every command has these. */
export const COMMON_OPTIONS: OptionTable = {
  json: { says: 'Print JSON, of the shapes in docs/cli.md' },
  help: { short: 'h', says: 'Print this' },
};
