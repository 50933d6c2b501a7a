import { expect } from 'chai';
import { CacheError, type CacheErrorCode } from 'freshkeep';

/** What `action` throws, which must be a CacheError of `code` whose message has all of `fragments`. */
export function expectCacheError(action: () => unknown, code: CacheErrorCode, ...fragments: string[]): CacheError {
  let thrown: unknown;
  try {
    action();
  } catch (error) {
    thrown = error;
  }
  return checked(thrown, code, fragments);
}

/** The same for what `promise` rejects with. */
export async function expectCacheRejection(
  promise: Promise<unknown>,
  code: CacheErrorCode,
  ...fragments: string[]
): Promise<CacheError> {
  const reason: unknown = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  return checked(reason, code, fragments);
}

function checked(error: unknown, code: CacheErrorCode, fragments: readonly string[]): CacheError {
  if (!(error instanceof CacheError)) throw new Error(`expected a CacheError ${code}, got ${String(error)}`);
  expect(error.code).to.equal(code);
  for (const fragment of fragments) expect(error.message).to.include(fragment);
  return error;
}
