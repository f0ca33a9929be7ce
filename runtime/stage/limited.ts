/** Starts at most `most` at a time, in order. */
export function limited<T, R>(
  items: readonly T[],
  most: number,
  start: (item: T) => Promise<R>,
): readonly Promise<R>[] {
  const running: Promise<unknown>[] = [];
  return items.map((item, index) => {
    const earlier = running[index - most] ?? Promise.resolve();
    const result = earlier.then(() => start(item));
    running.push(result.catch(() => undefined));
    return result;
  });
}
