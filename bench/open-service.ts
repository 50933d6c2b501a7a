import type { Library, Medium, Service, Terms } from './libraries/library.js';

/** What a process needs to know to make a service. */
export interface ServiceOptions extends Omit<Terms, 'load'> {
  /** The module of the library. */
  readonly file: string;
  readonly medium: Medium;
}

export async function openService(options: ServiceOptions, load: Terms['load']): Promise<Service> {
  const { file, medium, ...terms } = options;
  const { library } = await importLibrary(file);
  const over = library.over[medium];
  if (over === undefined) throw new Error(`${file} has nothing over ${medium}`);
  return over({ ...terms, load });
}

export async function importLibrary(file: string): Promise<{ readonly library: Library }> {
  return (await import(file)) as { readonly library: Library };
}
