/**
 * Are these methods of one and the same owner in the chain of prototypes of `object`? A subclass, or a test double, that replaces one of
 * two methods which have to agree has said nothing about the other: then that must not be used.
 */
export function areOfOneOwner(object: object, method: string, other: string): boolean {
  const owner = ownerOf(object, method);
  return owner !== undefined && owner === ownerOf(object, other);
}

/** Who in the chain of prototypes has the method. */
export function ownerOf(object: object, method: string): object | undefined {
  for (let owner: object | null = object; owner !== null; owner = Object.getPrototypeOf(owner) as object | null) {
    if (Object.hasOwn(owner, method)) return Reflect.get(owner, method) === undefined ? undefined : owner;
  }
  return undefined;
}
