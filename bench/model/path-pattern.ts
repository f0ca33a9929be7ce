/**
 * Whether a path's id is that of a pattern, in which * stands for any text, slashes included. The time grows with the
 * lengths alone: a regular expression would try every way to share a text among many stars, for hours.
 */
export function patternTest(pattern: string): (path: string) => boolean {
  const [begin = '', ...others] = pattern.split('*');
  const end = others.pop();
  if (end === undefined) return (path) => path === pattern;
  return (path) => {
    if (!path.startsWith(begin)) return false;
    let at = begin.length;
    for (const part of others) {
      const found = path.indexOf(part, at);
      if (found === -1) return false;
      at = found + part.length;
    }
    return path.length - end.length >= at && path.endsWith(end);
  };
}
