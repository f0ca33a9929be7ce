import type { HostHealth } from '../../model/host-health.ts';
import { concern, type DoctorFinding, fine } from './finding.ts';

/** Connections that a run may have open or waiting at once, with room to spare. */
const roomForConnections = 10_000;

const conntrack = {
  subject: 'conntrack',
  why: 'bridge mode needs an entry for each connection, and host mode may need none: when the table is full, only bridge mode loses packets',
};
const ports = {
  subject: 'ephemeral ports',
  why: "a client in the host's stack, and docker-proxy, need a free port for each connection: without one they wait or fail",
};
const mtu = {
  subject: 'MTU',
  why: "packets from a bridge that exceed the MTU of the machine's default route are fragmented or lost, and that counts as a cost of bridge mode",
};
const firewall = {
  subject: 'firewall',
  why: 'Docker adds firewall rules for published ports, but not for host mode: a host-mode server may run and be unreachable',
};

/** Findings about what affects packets on their way through this machine. */
export function networkFindings(health: HostHealth): readonly DoctorFinding[] {
  return [conntrackFinding(health), portsFinding(health), ...mtuFindings(health), firewallFinding(health)];
}

function conntrackFinding({ conntrack: table }: HostHealth): DoctorFinding {
  if (table === undefined) return fine(conntrack, 'the kernel does not track connections now');
  const { entries, limit } = table;
  const words = `${entries} of ${limit} entries are in use`;
  if (limit - entries >= roomForConnections) return fine(conntrack, words);
  return concern(
    conntrack,
    words,
    `Raise the limit: sysctl -w net.netfilter.nf_conntrack_max=${Math.max(262_144, 2 * limit)}`,
  );
}

function portsFinding({ ports: { first, last, used, timeWait } }: HostHealth): DoctorFinding {
  const free = last - first + 1 - used - timeWait;
  const words = `${free} of ${first} to ${last} are free (${used} in use, ${timeWait} in TIME_WAIT)`;
  if (free >= roomForConnections) return fine(ports, words);
  const hint =
    last - first + 1 - used >= roomForConnections
      ? 'Wait a minute until they are free again: ss -tan state time-wait | wc -l'
      : 'Widen the range: sysctl -w net.ipv4.ip_local_port_range="10240 65535"';
  return concern(ports, words, hint);
}

/** Compares bridges that containers may be on with the device of the default route. */
function mtuFindings({ interfaces, routes }: HostHealth): readonly DoctorFinding[] {
  const device = routes.find(({ destination }) => destination === 'default')?.device;
  const out = interfaces.find(({ name }) => name === device);
  if (out === undefined) return [fine(mtu, 'no default route: nothing leaves this machine')];
  const bridges = interfaces.filter(({ kind, name }) => kind === 'bridge' && name !== out.name);
  const larger = bridges.filter((it) => it.mtu > out.mtu);
  if (larger.length === 0) {
    const each = bridges.map((it) => `${it.name} ${it.mtu}`).join(', ') || 'no bridge';
    return [fine(mtu, `${each}; default route over ${out.name} ${out.mtu}`)];
  }
  return larger.map((bridge) =>
    concern(
      mtu,
      `${bridge.name} has ${bridge.mtu}, the default route over ${out.name} only ${out.mtu}`,
      bridge.name === 'docker0'
        ? `Put "mtu": ${out.mtu} into /etc/docker/daemon.json and restart the engine: systemctl restart docker`
        : `Create the network again with: docker network create --opt com.docker.network.driver.mtu=${out.mtu} …`,
    ),
  );
}

function firewallFinding({ input: { refusals, unread } }: HostHealth): DoctorFinding {
  if (unread !== undefined) {
    return concern(
      firewall,
      `bench could not read its rules: ${unread}`,
      'Run it as root: sudo npx bench doctor',
    );
  }
  if (refusals.length === 0) return fine(firewall, 'no rule refuses packets to this host');
  return concern(
    firewall,
    `${refusals.join('; ')}: it may refuse packets to a host-mode server, or from a container to an address of this host`,
    'Let bench open it for its own link and bridges during the run: bench run --open-firewall. Or do it yourself: iptables -I INPUT -i bench+ -j ACCEPT',
  );
}
