import { readFile, realpath } from 'node:fs/promises';

/**
 * Mount points of this process's mount namespace, in the order in which they were mounted: a mount on top of
 * another comes after it. Paths are plain text, as the rest of the system writes them.
 */
export async function mountPoints(): Promise<readonly string[]> {
  return parseMountInfo(await readFile('/proc/self/mountinfo', 'utf8').catch(() => ''));
}

/**
 * Mount points at a directory and below it, the one to unmount first in front.
 * @param directory any path of it: the kernel uses the one without symbolic links.
 */
export async function mountsIn(directory: string): Promise<readonly string[]> {
  const real = await realpath(directory).catch(() => directory);
  const points = await mountPoints();
  return points.filter((point) => point === real || point.startsWith(`${real}/`)).toReversed();
}

/** Lines of /proc/PID/mountinfo: `36 35 98:0 /root /mount/point rw,noatime - ext3 /dev/root rw` (proc(5)). */
export function parseMountInfo(text: string): readonly string[] {
  return text.split('\n').flatMap((line) => {
    const point = line.split(' ')[4];
    return point === undefined ? [] : [decoded(point)];
  });
}

/** The kernel writes blank, tab, line feed and backslash in a path as `\040`, `\011`, `\012` and `\134`. */
function decoded(path: string): string {
  return path.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}
