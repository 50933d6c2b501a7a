/** Lets what waits for promises go on: so many of them, one after the other. No timer, so fake ones do not matter. */
export async function steps(count: number): Promise<void> {
  for (let step = 0; step < count; step += 1) await Promise.resolve();
}
