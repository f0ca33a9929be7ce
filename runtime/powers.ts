import { loadProfiles } from '../bench/model/profile.ts';

/**
 * The permissions of each program of the lab image on the engine's host: the least that it works with. The
 * documentation of threats gives the reason for each.
 */
export interface Powers {
  /** Kernel capabilities; all others are dropped. */
  readonly capabilities: readonly string[];
  /** The places where it may write, in memory, and their size in bytes. The rest of its root is read-only. */
  readonly writable: Readonly<Record<string, number>>;
  /** Processes and threads together. */
  readonly pids: number;
  readonly memoryBytes: number;
}

const mebibyte = 2 ** 20;
const gibibyte = 2 ** 30;

/**
 * The limit of open files and sockets for every program. It is more than nginx's 4,096 connections, and no
 * more than an engine in a restricted machine may give (20,000 in some).
 */
export const openFiles = 8_192;

/** Starts a server of the lab image. */
const serveProgram = '/opt/bench/bin/serve.sh';

/** The bodies that a server has: the usual one, and a large one where the load needs it. */
interface Bodies {
  readonly bodyBytes: number;
  readonly bulkBytes?: number;
}

/** The words that start a server which listens at these addresses, `host:port`. */
export function serveArguments({
  server,
  bodyBytes,
  bulkBytes,
  tls,
  listen,
}: Bodies & {
  readonly server: string;
  readonly tls?: true;
  readonly listen: readonly string[];
}): readonly string[] {
  return [
    ...[serveProgram, server, String(bodyBytes)],
    ...(tls === true ? ['tls'] : []),
    ...(bulkBytes === undefined ? [] : [`bulk=${bulkBytes}`]),
    ...listen,
  ];
}

const bulkConnections = loadProfiles.bulk.connections;

/** A server's own files: its configuration and its body. */
export const serverPlaces = { settings: '/run/bench', body: '/srv/bench' } as const;

/**
 * nginx and Apache start as root and serve as www-data (SETUID, SETGID). nginx gives its temporary
 * directories to that user (CHOWN). Ports below 1024 are never requested.
 */
export const serverCapabilities = ['SETUID', 'SETGID', 'CHOWN'] as const;

/** The space at the body's place in addition to the body itself. */
const spareBytes = mebibyte;

/**
 * Apache has 256 threads. The body is in memory, as is the data waiting in the sockets of 1,000 connections.
 */
export function serverPowers({ bodyBytes, bulkBytes = 0 }: Bodies): Powers {
  const bodies = bodyBytes + bulkBytes;
  return {
    capabilities: serverCapabilities,
    writable: { [serverPlaces.settings]: mebibyte, [serverPlaces.body]: bodies + spareBytes },
    pids: 1024,
    // Those of bulk load, one of each connection, are in memory on their way.
    memoryBytes: 4 * gibibyte + bodies + bulkConnections * bulkBytes,
  };
}

/** For a container that only holds a network stack for another one. Its program sleeps. */
export const holderPowers: Powers = { capabilities: [], writable: {}, pids: 16, memoryBytes: 64 * mebibyte };

/** From 4 GiB on, V8 gives young objects its maximum of 16 MiB. Less would mean more collections. */
export const agentPowers: Powers = {
  capabilities: [],
  writable: {},
  pids: 128,
  memoryBytes: 4 * gibibyte,
};

/**
 * As powerful as root. NET_ADMIN makes links and reads the firewall. SYS_ADMIN enters other network stacks.
 * SYS_PTRACE and DAC_READ_SEARCH show which process owns which socket. The tools of the legacy firewall open
 * their socket with NET_RAW. SETPCAP takes all of these from plain processes. KILL ends what plain processes
 * started as another user. Plain processes and their bodies count against the inspector's limits.
 */
export const inspectorPowers: Powers = {
  capabilities: [
    ...['NET_ADMIN', 'NET_RAW', 'SYS_ADMIN', 'SYS_PTRACE', 'DAC_READ_SEARCH', 'SETPCAP', 'KILL'],
    ...serverCapabilities,
  ],
  writable: { '/tmp': 16 * mebibyte },
  pids: 8192,
  memoryBytes: 16 * gibibyte,
};

/**
 * SYS_NICE puts docker-proxy, which has every capability, on the servers' CPUs (cap_safe_nice in
 * security/commoncap.c). It is separate, because an engine in a restricted machine may be unable to give it.
 */
export const placingPowers: Powers = {
  ...inspectorPowers,
  capabilities: [...inspectorPowers.capabilities, 'SYS_NICE'],
};
