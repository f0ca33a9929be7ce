/**
 * Bytes that server and load agent move in a second on a small virtual machine. A low guess, so that a deadline that is
 * computed from it is not too short. A quiet machine moves several times as much.
 */
const slowBytesPerSecond = 250e6;

/** How long one body for each of `connections` may take on a slow machine, in seconds. */
export function loadSeconds(connections: number, bodyBytes: number): number {
  return (connections * bodyBytes) / slowBytesPerSecond;
}
