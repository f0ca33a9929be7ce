/**
 * What server and load agent move together on a small virtual machine, in bytes/s: a low guess, for what may not be
 * promised too early. A quiet machine moves several times as much.
 */
const slowBytesPerSecond = 250e6;

/** How long one body for each of `connections` may take on a slow machine, in seconds. */
export function loadSeconds(connections: number, bodyBytes: number): number {
  return (connections * bodyBytes) / slowBytesPerSecond;
}
