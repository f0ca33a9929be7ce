const suffixLength = 4;
const alphabet = '0123456789abcdefghijklmnopqrstuvwxyz';

/**
 * A name for a run: UTC time, then four random letters or digits, e.g. 20261120T093220Z-k3f9. Names sort by
 * time.
 *
 * @param clock the time now.
 * @param random gives numbers in [0, 1).
 */
export function newRunId(clock: () => Date, random: () => number): string {
  const time = clock()
    .toISOString()
    .replace(/[-:]|\.\d+/g, '');
  const suffix = Array.from({ length: suffixLength }, () =>
    alphabet.charAt(Math.floor(random() * alphabet.length)),
  ).join('');
  return `${time}-${suffix}`;
}
