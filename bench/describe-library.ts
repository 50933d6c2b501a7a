// Tells what a library has, to a process that does not import it.
import type { Medium } from './libraries/library.js';
import { argument, obey } from './obey.js';
import { importLibrary } from './open-service.js';
import type { Abilities } from './roster.js';

const { file } = argument() as { readonly file: string };
const { library } = await importLibrary(file);

obey(
  async (): Promise<Abilities> => ({
    media: Object.keys(library.over) as Medium[],
    servesStale: library.servesStale,
    knowsTags: library.knowsTags,
  }),
  async () => undefined,
);
