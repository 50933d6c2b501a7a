/**
 * How entries were read before bodies were compressed, as it was then: what has the new format in it must be a miss for such
 * a process, and never some other value. Not to be kept up to date, once a format was released.
 */
export function bodyBeforeCompression(payload: Buffer): Buffer | undefined {
  const lineEnd = payload.indexOf('\n');
  const line = payload.toString('latin1', 0, lineEnd);
  const [, bytes, notes] = /^fk1 \d+\+\d+ f1 (\d+)( .*)?$/.exec(line) ?? [];
  if (lineEnd === -1 || bytes === undefined || (notes !== undefined && !hasTags(notes))) return undefined;
  const body = payload.subarray(lineEnd + 1);
  return body.length === Number(bytes) ? body : undefined;
}

function hasTags(notes: string): boolean {
  try {
    const { tags } = JSON.parse(notes) as { tags?: unknown };
    return Array.isArray(tags) && tags.length > 0;
  } catch {
    return false;
  }
}
