import type { DeploymentOrder } from '../../bench/model/lab.ts';
import type { Vantage } from '../../bench/model/path.ts';
import type { ContainerSpec, Publication } from '../engine/engine.ts';
import { agentCpus, type Pinning, serverCpus } from './pinning.ts';
import type { HostSocket } from './ports.ts';

/** Inside a container with its own stack, every server listens here. */
export const containerPort = 8080;
const loopback = '127.0.0.1';
const nodeProgram = '/opt/bench/bin/node.sh';

/** The command that starts a server: what it is, and the addresses, `host:port`, that it is to listen on. */
export type Serve = (order: DeploymentOrder, listen: readonly string[]) => readonly string[];

/** What all containers of one run have in common. */
export interface RunContext {
  readonly image: string;
  /** Prefix of every name: tells a run's containers from another's. */
  readonly prefix: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly pinning: Pinning;
  /** Host's end of the external link, where the run has one. */
  readonly linkAddress?: string;
  readonly serve?: Serve;
}

/** The container whose network stack a mapped server joins. It owns the address and the published port. */
export function holderSpec(order: DeploymentOrder, run: RunContext): ContainerSpec {
  return {
    name: `${run.prefix}-${order.nameSuffix}-holder`,
    image: run.image,
    command: ['sleep', 'infinity'],
    labels: run.labels,
    attachment: { kind: 'bridge' },
    publish: [publication(order, run)],
    ...serverCpus(run.pinning),
  };
}

/** @param holderId of the container whose stack a mapped server joins. */
export function serverSpec(
  order: DeploymentOrder,
  run: RunContext,
  holderId: string | undefined,
): ContainerSpec {
  const common = {
    name: `${run.prefix}-${order.nameSuffix}`,
    image: run.image,
    environment: { BENCH_PADDING: 'x'.repeat(order.environmentPaddingBytes) },
    labels: run.labels,
    ...serverCpus(run.pinning),
  };
  const serve = (...listen: string[]) => [...(run.serve ?? serveByImage)(order, listen)];
  const inContainer = serve(`0.0.0.0:${containerPort}`);
  switch (order.route.server.kind) {
    case 'host':
      // Never 0.0.0.0: a benchmark opens no port to the user's network.
      return {
        ...common,
        command: serve(...hostAddresses(run).map((address) => `${address}:${order.hostPort}`)),
        attachment: { kind: 'host' },
      };
    case 'bridge':
      return {
        ...common,
        command: inContainer,
        attachment: { kind: 'bridge' },
        publish: [publication(order, run)],
      };
    case 'mapped':
      if (holderId === undefined) throw new Error(`${common.name} is mapped and has no holder`);
      return { ...common, command: inContainer, attachment: { kind: 'container', id: holderId } };
  }
}

const serveByImage: Serve = ({ deployment, bodyBytes }, listen) => [
  '/opt/bench/bin/serve.sh',
  deployment.server,
  String(bodyBytes),
  ...listen,
];

/** Sockets of the host that a server takes, itself or by publishing its port. */
export function hostSockets(order: DeploymentOrder, run: RunContext): readonly HostSocket[] {
  return hostAddresses(run).map((address) => ({ address, port: order.hostPort }));
}

function publication(order: DeploymentOrder, run: RunContext): Publication {
  return { containerPort, hostPort: order.hostPort, hostAddresses: hostAddresses(run) };
}

/** Where a server may be reached on the host: the link and loopback, never the user's network. */
function hostAddresses({ linkAddress }: RunContext): readonly string[] {
  return linkAddress === undefined ? [loopback] : [linkAddress, loopback];
}

/** The load agent. `external` starts without any network: the inspector joins it to the host afterwards. */
export function agentSpec(vantage: Vantage, run: Omit<RunContext, 'linkAddress'>): ContainerSpec {
  return {
    name: `${run.prefix}-agent-${vantage}`,
    image: run.image,
    command: [nodeProgram, '/opt/bench/agent.mjs'],
    labels: run.labels,
    attachment: { kind: vantage === 'external' ? 'none' : 'host' },
    attached: true,
    ...agentCpus(run.pinning),
  };
}

/** The only container with privileges on the host (capabilities, not `--privileged`), alive only during a run. */
export function inspectorSpec(run: Pick<RunContext, 'image' | 'prefix' | 'labels'>): ContainerSpec {
  return {
    name: `${run.prefix}-inspector`,
    image: run.image,
    command: [nodeProgram, '/opt/bench/inspector.mjs'],
    labels: run.labels,
    attachment: { kind: 'host' },
    inspecting: true,
    binds: ['/sys/fs/cgroup:/host/cgroup:ro'],
    attached: true,
  };
}
