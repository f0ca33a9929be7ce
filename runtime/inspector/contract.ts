import type { Connection, DnatRule, Endpoint } from '../../bench/model/connection.ts';
import type { ConnectionRoom } from '../../bench/model/connection-room.ts';
import type { Environment, HostNetwork } from '../../bench/model/environment.ts';
import type { HostHealth } from '../../bench/model/host-health.ts';
import type { KernelReading } from '../../bench/model/kernel-counters.ts';
import type { MachineCpu } from '../../bench/model/machine-cpu.ts';
import type { NetworkStack } from '../../bench/model/network-stack.ts';
import type { HeldConnectionSeen, ProcessPlace } from '../../bench/model/observed.ts';
import type { OtherProcess } from '../../bench/model/other-processes.ts';
import type { OwnServer } from '../../bench/model/server.ts';
import type { Remark } from '../labels.ts';

export type {
  Listener,
  NetworkInterface,
  NetworkStack,
  Resolver,
  RouteEntry,
} from '../../bench/model/network-stack.ts';

/**
 * The calls that the inspector answers. It runs in the pid and network namespaces of the engine's host, with
 * capabilities there. "The host's stack" is therefore the inspector's own network namespace.
 */
export type InspectorContract = {
  /**
   * Facts about the machine, read once a run. `dataRoot` is the engine's. It identifies the engine's daemon
   * among others.
   */
  machine: { input: { dataRoot?: string }; output: Machine };
  /** One network stack, seen through a process inside it. `host` is the inspector's own stack. */
  stack: { input: { pid: number | 'host' }; output: NetworkStack };
  /**
   * A connection that the agent holds open, as the server's side and the host's connection tracking show it.
   */
  'held-connection': { input: HeldOrder; output: HeldConnectionSeen };
  /** The namespaces and the cgroup of a process. */
  place: { input: { pid: number }; output: ProcessPlace };
  /**
   * Starts a server as a plain process beside the containers. The server is ended when the inspector exits.
   */
  'start-native': { input: NativeOrder; output: { pid: number } };
  'native-state': { input: { pid: number }; output: { running: boolean; lastLines: string } };
  /** No error if it has ended already. */
  'stop-native': { input: { pid: number }; output: Record<string, never> };
  /**
   * A /24 of 198.18.0.0/15 (RFC 2544) that conflicts with no route of the host, e.g. "198.18.0.0/24"; or the
   * requested one, if it is free. Rejects with the conflicting route, and what to request instead.
   */
  'free-subnet': { input: { wanted?: string }; output: { subnet: string } };
  /**
   * Where the host sends packets that should leave by `device`, e.g. "wg0 (table 51820)". Absent if they
   * leave by it.
   */
  detour: { input: DetourOrder; output: { over?: string } };
  /**
   * Joins the stack of `pid` to the host's with a veth pair and gives both ends their addresses. The peer is
   * called eth0. The stack's default route uses it. The link is removed when the inspector exits.
   */
  'create-link': { input: LinkOrder; output: Record<string, never> };
  /**
   * Sets the host's address on a bridge that has just been made, e.g. "fdbe::1/64", without duplicate
   * detection (RFC 4862, 5.4): no other host can be on the bridge yet. Detection would end a second after the
   * bridge's first port. Until then no port can be published on the address.
   */
  'certain-address': { input: { device: string; address: string }; output: Record<string, never> };
  /** Removes a link by the name of its host end. No error if it was removed before. */
  'delete-link': { input: { name: string }; output: { existed: boolean } };
  /**
   * Lets packets that come in by a run's doors through the host's firewall: one rule for each door, limited
   * to it, in each chain that may drop. The rules are removed when the inspector exits. Returns the commands
   * that made them.
   */
  'open-firewall': { input: { doors: readonly Door[]; remark: string }; output: { commands: string[] } };
  /** Runs that such a rule was made for, with the word of each one's owner. Killed runs are included. */
  'firewall-openings': { input: Record<string, never>; output: { openings: Remark[] } };
  /** Removes such rules of a run. Returns them in words; none if they were removed before. */
  'close-firewall': { input: { runId: string }; output: { removed: string[] } };
  /**
   * Lets packets reach a run's servers only over the named interfaces, by a table of the run's own in the
   * host's firewall. The table outlives the inspector, because servers may. Rejects where the host allows no
   * such table.
   */
  'raise-guard': { input: GuardOrder; output: { backend: GuardBackend } };
  /** Replaces the places that a guard protects beside its networks. */
  'guard-places': { input: { name: string } & GuardedPlaces; output: Record<string, never> };
  /** All guards, with the run and the owner of each. Guards of killed runs are included. */
  guards: { input: Record<string, never>; output: { guards: NamedGuard[] } };
  /** No error if it has gone already. */
  'remove-guard': { input: { name: string }; output: { existed: boolean } };
  /**
   * Lets a server start that waits at its gate (held.sh of the lab image). No error if the process has ended.
   */
  'open-gate': { input: { pid: number }; output: Record<string, never> };
  /** Names of the host's interfaces that start with `prefix`. */
  links: { input: { prefix: string }; output: { names: string[] } };
  /** Conditions that would spoil the numbers. CPU time counts since boot, so two readings are needed. */
  health: { input: Record<string, never>; output: HostHealth };
  /** How many more connections the host's stack can take. Cheap. */
  'connection-room': { input: Record<string, never>; output: ConnectionRoom };
  /** Follows a connection that is held open from the host's stack. Only reads. */
  connection: { input: ConnectionOrder; output: Connection };
  /** The rules that redirect a TCP port. */
  'dnat-rules': { input: DnatRulesOrder; output: { rules: DnatRule[] } };
  /**
   * Keeps the docker-proxy processes of published ports on some CPUs, e.g. "0". `refused` says in words why
   * one of them was not moved.
   */
  'pin-proxies': { input: { ports: readonly number[]; cpus: string }; output: { refused?: string } };
  /** All visible processes that are not the run's. Empty where those of others are hidden. */
  'other-processes': { input: RunProcesses; output: { processes: OtherProcess[] } };
  /** Counters that explain figures: of a server and its stack, of the agent's stack, and of the host. */
  'kernel-counters': { input: { server: number; agent: number }; output: KernelReading };
  /** Counters around a slice. Cheap: milliseconds. */
  snapshot: { input: SnapshotOrder; output: Snapshot };
};

/** Settings of the engine's daemon that its API does not report. A setting that no source shows is absent. */
export interface DaemonSettings {
  readonly pid: number;
  readonly userlandProxy?: boolean;
  /** Whether it writes IPv4 rules. */
  readonly iptables?: boolean;
  /**
   * Whether it is configured to write IPv6 rules. Absent also where it is not configured, and its version
   * decides.
   */
  readonly ip6tables?: boolean;
  /**
   * Path of its configuration file, where the file was written after the daemon had read it. Its contents do
   * not hold then.
   */
  readonly changedFile?: string;
}

/** The processes that are a run's, beside the inspector, its shim and what the inspector started. */
export interface RunProcesses {
  /** The engine's daemon, where it is in sight. */
  readonly daemon?: number;
  /** The first process of each container of the run. */
  readonly containers: readonly number[];
  /** Published ports of the run. Their docker-proxy processes are the run's. */
  readonly ports: readonly number[];
  /** The command line that the run belongs to, where it is on this machine. */
  readonly bench?: { readonly pid: number; readonly startTicks: string };
}

export interface DnatRulesOrder {
  readonly port: number;
  /** Limits the answer to rules that see packets of this family. */
  readonly family?: 'ipv4' | 'ipv6';
}

export interface DetourOrder {
  readonly device: string;
  /** The host's own address there. */
  readonly from: string;
  readonly to: string;
}

/** Both ends as the client's socket has them. */
export interface ConnectionOrder {
  readonly local: Endpoint;
  readonly remote: Endpoint;
}

/** A connection that the load agent holds open, and where its server is. */
export interface HeldOrder {
  /** A process in the server's stack. */
  readonly serverPid: number;
  /** Port at which the server listens in its stack. */
  readonly serverPort: number;
  readonly agent: Endpoint;
  readonly dialled: Endpoint;
}

export interface GuardOrder {
  /** The run's prefix, e.g. bench-k3f9. */
  readonly name: string;
  /** Names the run that the guard protects, and the run's owner. */
  readonly remark: string;
  /** Interfaces of the host over which a run's packets come in. */
  readonly near: readonly string[];
  /** Networks of the run's own, e.g. 198.18.0.0/24. They contain nothing else. */
  readonly networks: readonly string[];
}

/** A guard that exists, with its run and owner. */
export interface NamedGuard extends Remark {
  readonly name: string;
}

export type GuardBackend = 'nftables' | 'iptables-legacy';

interface HostPort {
  readonly address: string;
  readonly port: number;
}

/** The places of a run outside its own networks. */
export interface GuardedPlaces {
  /** Addresses of its containers on the engine's bridge. */
  readonly addresses: readonly string[];
  /** TCP ports at the host's own addresses, loopback and bridge. */
  readonly sockets: readonly HostPort[];
  /**
   * TCP ports at every address of the host. They belong to the user's container that servers join, or a service of
   * the user's listens there.
   */
  readonly ports: readonly number[];
}

/** A server of the lab image, never any other command. */
export interface NativeOrder {
  readonly server: OwnServer;
  readonly bodyBytes: number;
  readonly bulkBytes?: number;
  /** It serves over TLS. */
  readonly tls?: true;
  /** `address:port` each. */
  readonly listen: readonly string[];
  /** Length of an environment variable that no program reads. */
  readonly paddingBytes: number;
  /** CPUs it may run on, e.g. "0". */
  readonly cpus?: string;
}

/** An interface of the host by which a run's packets come in to the host itself. */
export interface Door {
  readonly device: string;
  /** Only packets from this IPv4 address. Set where the interface is not the run's alone. */
  readonly source?: string;
}

export interface LinkOrder {
  /** Host end, at most 15 characters. */
  readonly name: string;
  /** Alias of the link. It names the run that the link is made for, and the run's owner. */
  readonly remark: string;
  readonly pid: number;
  /** e.g. 198.18.0.1, 198.18.0.2, both in a /25. */
  readonly hostAddress: string;
  readonly peerAddress: string;
  /** More addresses of the host's end, in the same /25. */
  readonly furtherAddresses?: readonly string[];
  /**
   * In a /64. Absent: the link has no IPv6 at all, because its own packets would count as the slice's
   * traffic.
   */
  readonly hostAddress6?: string;
  readonly peerAddress6?: string;
}

export interface Machine
  extends Pick<Environment, 'irqTimeAccounting' | 'timerHz' | 'hypervisor' | 'mitigations'> {
  /** Identifies this boot of this machine. */
  readonly boot: string;
  /** The inspector's pid namespace, e.g. "pid:[4026531836]". */
  readonly pidNamespace?: string;
  readonly kernel: string;
  readonly operatingSystem: string;
  readonly cpuModel: string;
  readonly cpuCount: number;
  readonly memoryBytes: number;
  readonly cpuGovernor?: string;
  /**
   * File of cgroup version 1's root in which this machine counts the nanoseconds of each CPU. Absent where it
   * does not.
   */
  readonly cpuUsageFile?: string;
  /**
   * Which tables hold NAT rules: "iptables-nft", "iptables-legacy", "nftables" (with the table's name),
   * several of them joined by ", ", "none", or "unread: …" with what the tools said.
   */
  readonly firewall: string;
  /**
   * Policy of each chain on the input hook and how many rules it has, e.g. "ip filter INPUT: DROP, 3 rules":
   * a host-mode server depends on it. "ACCEPT, no rules" where there is no such chain.
   */
  readonly inputPolicy: string;
  /** The same for the chains that see IPv6. */
  readonly inputPolicy6: string;
  readonly network: HostNetwork;
  /** Absent where no daemon is in sight. */
  readonly daemon?: DaemonSettings;
  /** Whether the firewall has a place for the rules of ports that an engine publishes by IPv6; absent if unread. */
  readonly dockerIpv6?: boolean;
  /** Settings that switch IPv6 off, by name, e.g. "net.ipv6.conf.all.disable_ipv6"; most often none. */
  readonly ipv6Off: readonly string[];
  readonly sysctls: Record<string, string>;
  /** `nginx -v` and `apache2 -v` of the lab image. */
  readonly serverVersions: Record<string, string>;
}

export interface SnapshotOrder {
  /**
   * The end of the slice at which the snapshot is taken. `before`: clock and /proc/stat are read last;
   * `after`: they are read first. So the window between the two contains the slice and almost none of the
   * inspector's own work.
   */
  readonly edge: 'before' | 'after';
  /** A process of each container whose cgroup is read, by a key of the caller's. */
  readonly cgroups: Readonly<Record<string, number>>;
  /** The engine's daemon, where it is in sight. */
  readonly daemon?: number;
  /** First processes of all containers of the run: the CPU time of their shims is the run's own, idle ones included. */
  readonly containers: readonly number[];
  /** First processes of the run's other load agents, which wait meanwhile: their CPU time is the run's own, too. */
  readonly idle: readonly number[];
  /** First processes of servers in no container: their CPU time and that of their children, by a key of the caller's. */
  readonly processes?: Readonly<Record<string, number>>;
  /** Stacks whose non-loopback interface counters are read (sum of all but lo), through a process inside. */
  readonly stacks: Readonly<Record<string, number>>;
  /** Host interfaces whose counters are read. */
  readonly hostInterfaces: readonly string[];
  /** Published ports: their DNAT rules and docker-proxy processes are read. */
  readonly ports: readonly number[];
}

export interface CgroupReading {
  readonly cpuSeconds: number;
  readonly throttledSeconds?: number;
}

export interface TrafficReading {
  readonly rxPackets: number;
  readonly txPackets: number;
  readonly rxBytes: number;
  readonly txBytes: number;
}

export interface Snapshot {
  /** Monotonic clock of the inspector, seconds. */
  readonly atSeconds: number;
  /**
   * CPU time since boot. Only the difference of two readings means anything. All parts but `busySeconds` show
   * where the timer tick found the CPUs. They are a statistic of ticks and not a measurement, so they need
   * not add up to `busySeconds`. Resolution 10 ms: on an idle machine a later reading may be smaller by as
   * much.
   */
  readonly cpu: MachineCpu;
  /** CPU time of the inspector, the engine's daemons, the shims of all containers of the run, and its waiting load agents. */
  readonly ownSeconds: number;
  /** /proc/pressure/memory, `some`. Absent where the kernel does not keep it. */
  readonly memoryStallSeconds?: number;
  readonly cgroups: Record<string, CgroupReading>;
  readonly stacks: Record<string, TrafficReading>;
  readonly hostInterfaces: Record<string, TrafficReading>;
  /** By port. Absent where there is no rule for it. */
  readonly dnat: Record<string, DnatReading>;
  /** By port, summed over the port's docker-proxy processes. Absent where there is none. */
  readonly proxies: Record<string, { readonly pids: number[]; readonly cpuSeconds: number }>;
}

export interface DnatReading {
  /** Connections that the port's rules redirected (NAT sees only the first packet of each). */
  readonly packets: number;
  /**
   * The rule as the firewall prints it. Several rules, e.g. one for each host address, are on separate lines.
   */
  readonly rule: string;
  /** Destination of the rule, e.g. 172.17.0.3:8080. If several rules differ, that of the first. */
  readonly target: string;
}
