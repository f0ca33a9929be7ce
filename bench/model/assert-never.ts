/** Closes a union: the compiler rejects the call as soon as a member is not handled. */
export function assertNever(value: never): never {
  throw new Error(`unhandled case: ${JSON.stringify(value)}`);
}
