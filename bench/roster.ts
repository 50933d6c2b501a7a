import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { Child } from './child.js';
import type { Medium } from './libraries/library.js';
import type { Absence } from './results.js';
import type { Contender, Variant } from './scenario.js';

/** What a library has. */
export interface Abilities {
  readonly media: readonly Medium[];
  readonly servesStale: boolean;
  readonly knowsTags: boolean;
}

/** What is asked of a contender. */
export interface Needs {
  readonly medium: Medium;
  /** Default `false`. */
  readonly tags?: boolean;
  /** Default `false`. */
  readonly stale?: boolean;
}

/** Knows who can take part in what. */
export class Roster {
  readonly #withRivals: boolean;
  readonly #known = new Map<string, Promise<Abilities | undefined>>();

  constructor(options: { readonly withRivals: boolean }) {
    this.#withRivals = options.withRivals;
  }

  /** Those of `contenders` who can do what `needsOf` says; which rivals cannot, and why. */
  async admit<C extends Contender>(
    { name: variant }: Variant,
    contenders: readonly C[],
    needsOf: (contender: C) => Needs,
  ): Promise<{ readonly admitted: readonly C[]; readonly absent: readonly Absence[] }> {
    const admitted: C[] = [];
    const absent: Absence[] = [];
    for (const contender of contenders) {
      const why = whatIsMissing(await this.#abilitiesOf(contender), needsOf(contender));
      if (why === undefined) admitted.push(contender);
      else if (contender.isRival) absent.push({ variant, contender: contender.name, why });
    }
    return { admitted, absent };
  }

  #abilitiesOf({ file, isRival }: Contender): Promise<Abilities | undefined> {
    const known = this.#known.get(file);
    if (known !== undefined) return known;
    const isThere = existsSync(file) && (this.#withRivals || !isRival);
    const abilities = isThere ? askFor(file) : Promise.resolve(undefined);
    this.#known.set(file, abilities);
    return abilities;
  }
}

/** A library is imported in a process of its own, for some keep state for the whole process. */
async function askFor(file: string): Promise<Abilities> {
  const child = await Child.start<object, Abilities>({
    file: join(import.meta.dirname, 'describe-library.ts'),
    argument: { file },
  });
  const abilities = await child.ask({});
  await child.close();
  return abilities;
}

function whatIsMissing(abilities: Abilities | undefined, { medium, tags, stale }: Needs): string | undefined {
  if (abilities === undefined) return 'not installed';
  if (!abilities.media.includes(medium)) return medium === 'tiers' ? 'no tiers' : `nothing over ${medium}`;
  if (tags === true && !abilities.knowsTags) return 'no tags';
  if (stale === true && !abilities.servesStale) return 'nothing stale is served';
  return undefined;
}
