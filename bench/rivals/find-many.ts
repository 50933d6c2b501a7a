/** A library that reads and writes many keys at once, and leaves it to its user to load what is missing. */
export interface ManyKeys {
  read(keys: string[]): Promise<readonly unknown[]>;
  write(entries: { key: string; value: unknown }[]): Promise<unknown>;
  load(id: number): Promise<unknown>;
}

export async function findMany(ids: readonly number[], { read, write, load }: ManyKeys): Promise<unknown[]> {
  const values = await read(ids.map(String));
  if (!values.includes(undefined)) return [...values];
  const missing = ids.filter((_, index) => values[index] === undefined);
  const loaded = await Promise.all(missing.map(async (id) => ({ key: String(id), value: await load(id) })));
  await write(loaded);
  const fresh = new Map(loaded.map(({ key, value }) => [key, value]));
  return ids.map((id, index) => values[index] ?? fresh.get(String(id)));
}
