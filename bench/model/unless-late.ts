/**
 * The result of some work, unless an interruption has been waiting for it for too long: then undefined, and whatever
 * becomes of the work is heard by nobody. The engine, or a slice under way, may take as long as it likes.
 * @param seconds after the interruption.
 */
export async function unlessLate<T>(
  work: Promise<T>,
  interrupted: AbortSignal,
  seconds: number,
): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  let begin = () => {};
  const late = new Promise<undefined>((resolve) => {
    begin = () => {
      timer = setTimeout(() => resolve(undefined), seconds * 1000);
    };
  });
  if (interrupted.aborted) begin();
  else interrupted.addEventListener('abort', begin, { once: true });
  try {
    return await Promise.race([work, late]);
  } finally {
    work.catch(() => undefined);
    clearTimeout(timer);
    interrupted.removeEventListener('abort', begin);
  }
}
