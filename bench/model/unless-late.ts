/**
 * The result of some work, or undefined if the work has not ended some time after an interruption. The work
 * then continues, and its result or error is ignored: an engine or a slice under way may take any time.
 * @param seconds from the interruption on.
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
