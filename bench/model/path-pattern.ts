/** Whether a path's id is that of a pattern, in which * stands for any text, slashes included. */
export function patternTest(pattern: string): (path: string) => boolean {
  const parts = pattern.split('*').map((text) => text.replace(/[.+?^${}()|[\]\\]/g, String.raw`\$&`));
  const whole = new RegExp(`^${parts.join('.*')}$`);
  return (path) => whole.test(path);
}
