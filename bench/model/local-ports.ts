/** The ports from which one network stack connects, and how many of them its TCP sockets have. */
export interface LocalPorts {
  readonly first: number;
  readonly last: number;
  readonly used: number;
  /** A socket that closed first keeps its port for a minute (TIME_WAIT; RFC 9293, section 3.6.1). */
  readonly timeWait: number;
}

/** Files of one network stack that say how many local ports it has left. */
export const localPortFiles = {
  range: '/proc/sys/net/ipv4/ip_local_port_range',
  sockets: ['/proc/net/tcp', '/proc/net/tcp6'],
} as const;

/** The kernel's own default range. */
const usualRange = { first: 32_768, last: 60_999 };

/**
 * Parses the text of these files.
 * @param range `undefined` where the kernel does not show it.
 */
export function localPorts(range: string | undefined, sockets: readonly string[]): LocalPorts {
  const [first = usualRange.first, last = usualRange.last] = range?.trim().split(/\s+/).map(Number) ?? [];
  return { first, last, ...countPorts(sockets, first, last) };
}

/** Ports that a new connection may take. */
export function freePorts({ first, last, used, timeWait }: LocalPorts): number {
  return last - first + 1 - used - timeWait;
}

/** TCP sockets of /proc/net/tcp and tcp6 whose local port is in a range. 06 is TCP_TIME_WAIT (tcp_states.h). */
function countPorts(
  tables: readonly string[],
  first: number,
  last: number,
): Pick<LocalPorts, 'used' | 'timeWait'> {
  const states = tables.flatMap((table) =>
    [...table.matchAll(/^\s*\d+: [0-9A-F]+:([0-9A-F]{4}) \S+ ([0-9A-F]{2}) /gm)].flatMap(
      ([, port = '', state = '']) => {
        const number = Number.parseInt(port, 16);
        return number >= first && number <= last ? [state] : [];
      },
    ),
  );
  const timeWait = states.filter((state) => state === '06').length;
  return { used: states.length - timeWait, timeWait };
}
