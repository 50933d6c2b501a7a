/** What the page shows, as the fragment of its address says it: reloading, and sending the address to somebody, keeps it. */
export interface Shown {
  readonly cache: string | undefined;
  readonly pattern: string | undefined;
}

export function readAddress(): Shown {
  const values = new URLSearchParams(location.hash.slice(1));
  return { cache: values.get('cache') ?? undefined, pattern: values.get('pattern') ?? undefined };
}

export function writeAddress({ cache, pattern }: Shown): void {
  const values = new URLSearchParams({
    ...(cache === undefined ? {} : { cache }),
    ...(pattern === undefined ? {} : { pattern }),
  });
  history.replaceState(null, '', `#${values.toString()}`);
}
