import type { Connection, DnatRule, Endpoint } from '../../bench/model/connection.ts';
import type { Environment, HostNetwork } from '../../bench/model/environment.ts';
import type { HostHealth } from '../../bench/model/host-health.ts';
import type { MachineCpu } from '../../bench/model/machine-cpu.ts';
import type { NetworkStack } from '../../bench/model/network-stack.ts';
import type { HeldConnectionSeen, ProcessPlace } from '../../bench/model/observed.ts';
import type { OtherProcess } from '../../bench/model/other-processes.ts';
import type { ServerName } from '../../bench/model/server.ts';
import type { Remark } from '../labels.ts';

export type {
  Listener,
  NetworkInterface,
  NetworkStack,
  Resolver,
  RouteEntry,
} from '../../bench/model/network-stack.ts';

/**
 * What the inspector answers. It runs in the pid and network namespaces of the engine's host, with capabilities there;
 * "the host's stack" is therefore its own network namespace.
 */
export type InspectorContract = {
  /** What the machine is: read once a run. `dataRoot` is the engine's, and tells its daemon from others. */
  machine: { input: { dataRoot?: string }; output: Machine };
  /** One network stack, seen through a process inside it; `host` is the inspector's own. */
  stack: { input: { pid: number | 'host' }; output: NetworkStack };
  /** A connection that the agent holds open, from the server's side and by the host's connection tracking. */
  'held-connection': { input: HeldOrder; output: HeldConnectionSeen };
  /** In which namespaces and cgroup a process is. */
  place: { input: { pid: number }; output: ProcessPlace };
  /** Starts a server as a plain process beside the containers. It is ended when the inspector leaves. */
  'start-native': { input: NativeOrder; output: { pid: number } };
  'native-state': { input: { pid: number }; output: { running: boolean; lastLines: string } };
  /** No error if it has ended already. */
  'stop-native': { input: { pid: number }; output: Record<string, never> };
  /**
   * A /24 of 198.18.0.0/15 (RFC 2544) that no route of the host is in the way of, e.g. "198.18.0.0/24"; or the one
   * that is asked for, if it is free. Rejects with the route in the way, and what to name instead.
   */
  'free-subnet': { input: { wanted?: string }; output: { subnet: string } };
  /** Where the host sends packets that should leave by `device`, e.g. "wg0 (table 51820)"; absent if they do. */
  detour: { input: DetourOrder; output: { over?: string } };
  /**
   * Joins the stack of `pid` to the host's with a veth pair and gives both ends their addresses. The peer is
   * called eth0 and the stack's default route goes over it. The link is removed when the inspector leaves.
   */
  'create-link': { input: LinkOrder; output: Record<string, never> };
  /**
   * Gives the host's address on a bridge that has just been made, e.g. "fdbe::1/64", without duplicate detection (RFC
   * 4862, 5.4): nobody else can be there, and until that is over, a second after the bridge's first port, no port can be
   * published on it.
   */
  'certain-address': { input: { device: string; address: string }; output: Record<string, never> };
  /** Removes a link by the name of its host end. No error if it has gone already. */
  'delete-link': { input: { name: string }; output: { existed: boolean } };
  /**
   * Lets what comes in by a run's doors through the host's firewall: one rule for each door, limited to it, in each chain
   * that may drop. The rules are removed when the inspector leaves. Gives the commands that made them.
   */
  'open-firewall': { input: { doors: readonly Door[]; remark: string }; output: { commands: string[] } };
  /** Runs that a rule of that kind was made for, with the word of each one's owner: killed runs as well. */
  'firewall-openings': { input: Record<string, never>; output: { openings: Remark[] } };
  /** Removes such rules of a run. Gives them in words; none if they have gone already. */
  'close-firewall': { input: { runId: string }; output: { removed: string[] } };
  /**
   * Keeps everybody from a run's servers but those who come over the interfaces that are named: a table of the run's own
   * in the host's firewall. It outlives the inspector, because servers may. Rejects where the host lets nobody make one.
   */
  'raise-guard': { input: GuardOrder; output: { backend: GuardBackend } };
  /** Replaces the places that a guard keeps beside its networks. */
  'guard-places': { input: { name: string } & GuardedPlaces; output: Record<string, never> };
  /** All guards, with the run and the owner of each: those of runs that were killed as well. */
  guards: { input: Record<string, never>; output: { guards: NamedGuard[] } };
  /** No error if it has gone already. */
  'remove-guard': { input: { name: string }; output: { existed: boolean } };
  /** Lets a server start that waits at its gate (held.sh of the lab image). No error if the process has gone. */
  'open-gate': { input: { pid: number }; output: Record<string, never> };
  /** Names of the host's interfaces that start with `prefix`. */
  links: { input: { prefix: string }; output: { names: string[] } };
  /** What would spoil the numbers. CPU time counts since boot: look twice. */
  health: { input: Record<string, never>; output: HostHealth };
  /** Where a connection goes that is held open from the host's stack. Reads only. */
  connection: { input: ConnectionOrder; output: Connection };
  /** The rules that redirect a TCP port. */
  'dnat-rules': { input: DnatRulesOrder; output: { rules: DnatRule[] } };
  /**
   * Keeps the docker-proxy processes of published ports on some CPUs, e.g. "0". `refused`: why one of them stays where it
   * was, in words.
   */
  'pin-proxies': { input: { ports: readonly number[]; cpus: string }; output: { refused?: string } };
  /** All processes in sight that are not the run's. Empty where those of others are hidden. */
  'other-processes': { input: RunProcesses; output: { processes: OtherProcess[] } };
  /** Counters around a slice. Cheap: milliseconds. */
  snapshot: { input: SnapshotOrder; output: Snapshot };
};

/** Settings of the engine's daemon that its API does not tell. One that nothing shows is absent. */
export interface DaemonSettings {
  readonly pid: number;
  readonly userlandProxy?: boolean;
  /** Whether it writes IPv4 rules. */
  readonly iptables?: boolean;
  /** Whether it is told to write IPv6 rules; absent also where it is not told, and its version decides. */
  readonly ip6tables?: boolean;
  /** Path of its configuration file, where that was written after the daemon had read it: what it says does not hold. */
  readonly changedFile?: string;
}

/** Which processes are a run's, beside the inspector, its shim and what it started. */
export interface RunProcesses {
  /** The engine's daemon, where it is in sight. */
  readonly daemon?: number;
  /** The first process of each container of the run. */
  readonly containers: readonly number[];
  /** Published ports of the run: their docker-proxy processes are the run's. */
  readonly ports: readonly number[];
  /** The command line that the run belongs to, where it is on this machine. */
  readonly bench?: { readonly pid: number; readonly startTicks: string };
}

export interface DnatRulesOrder {
  readonly port: number;
  /** Only rules that see such packets. */
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
  /** At which the server listens in its stack. */
  readonly serverPort: number;
  readonly agent: Endpoint;
  readonly dialled: Endpoint;
}

export interface GuardOrder {
  /** The run's prefix, e.g. bench-k3f9. */
  readonly name: string;
  /** The run that it is for, and its owner. */
  readonly remark: string;
  /** Interfaces of the host over which a run's packets come in. */
  readonly near: readonly string[];
  /** Networks of the run's own, e.g. 198.18.0.0/24: nothing else is in them. */
  readonly networks: readonly string[];
}

/** A guard that is there, and whose. */
export interface NamedGuard extends Remark {
  readonly name: string;
}

export type GuardBackend = 'nftables' | 'iptables-legacy';

interface HostPort {
  readonly address: string;
  readonly port: number;
}

/** What of a run lies outside of its own networks. */
export interface GuardedPlaces {
  /** Of its containers, on the engine's bridge. */
  readonly addresses: readonly string[];
  /** TCP ports at the host's own addresses, loopback and bridge. */
  readonly sockets: readonly HostPort[];
  /** TCP ports at every address of the host: those of the user's container that servers join. */
  readonly ports: readonly number[];
}

/** A server of the lab image, never any other command. */
export interface NativeOrder {
  readonly server: ServerName;
  readonly bodyBytes: number;
  /** `address:port` each. */
  readonly listen: readonly string[];
  /** Length of a variable of its environment that nobody reads. */
  readonly paddingBytes: number;
  /** CPUs it may run on, e.g. "0". */
  readonly cpus?: string;
}

/** An interface of the host by which a run's packets come in to the host itself. */
export interface Door {
  readonly device: string;
  /** Only what comes from this IPv4 address: where the interface is not the run's alone. */
  readonly source?: string;
}

export interface LinkOrder {
  /** Host end, at most 15 characters. */
  readonly name: string;
  /** Its alias: the run that it is made for, and its owner. */
  readonly remark: string;
  readonly pid: number;
  /** e.g. 198.18.0.1, 198.18.0.2, both in a /25. */
  readonly hostAddress: string;
  readonly peerAddress: string;
  /** Of the host's end too, in the same /25. */
  readonly furtherAddresses?: readonly string[];
  /** In a /64. Without them the link has no IPv6 at all: its own packets would count as the slice's traffic. */
  readonly hostAddress6?: string;
  readonly peerAddress6?: string;
}

export interface Machine
  extends Pick<Environment, 'irqTimeAccounting' | 'timerHz' | 'hypervisor' | 'mitigations'> {
  /** Tells this boot of this machine from every other. */
  readonly boot: string;
  /** Of the inspector, e.g. "pid:[4026531836]". */
  readonly pidNamespace?: string;
  readonly kernel: string;
  readonly operatingSystem: string;
  readonly cpuModel: string;
  readonly cpuCount: number;
  readonly memoryBytes: number;
  readonly cpuGovernor?: string;
  /** Where this machine counts the nanoseconds of each CPU: a file of cgroup version 1's root. Absent where it does not. */
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
  /** The same of the chains that see IPv6. */
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
   * Which end of the slice this is. `before`: clock and /proc/stat are read last; `after`: they are read
   * first. So the window between the two holds the slice and next to nothing of the inspector's own work.
   */
  readonly edge: 'before' | 'after';
  /** A process of each container whose cgroup is read, by a key of the caller's. */
  readonly cgroups: Readonly<Record<string, number>>;
  /** The engine's daemon, where it is in sight. */
  readonly daemon?: number;
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
   * Since boot; only the difference of two readings means anything. All but `busySeconds` is where the timer tick found
   * the CPUs, a statistic of ticks and not a measurement, so the parts need not add up to it. Resolution 10 ms: on an idle
   * machine a later reading may be smaller by as much.
   */
  readonly cpu: MachineCpu;
  /** CPU time of the inspector, the engine's daemons, and the shims of the containers whose cgroups are read. */
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
  /** The rule as the firewall prints it; several, e.g. one a host address, stand on lines of their own. */
  readonly rule: string;
  /** Where it sends to, e.g. 172.17.0.3:8080; the first rule's, should they differ. */
  readonly target: string;
}
