import type { Attachment, ContainerSpec } from './engine.ts';

/**
 * What it takes to enter other network namespaces, to read whose sockets are whose, and to make a link. Not
 * `--privileged`: that asks for every capability there is, which an engine inside a restricted machine cannot give.
 */
const inspectingCapabilities = ['NET_ADMIN', 'NET_RAW', 'SYS_ADMIN', 'SYS_PTRACE', 'DAC_READ_SEARCH'];

/**
 * What the engine's API is asked to create: POST /containers/create (docs.docker.com, Engine API).
 * @param joinedUsers `UsernsMode` of the container whose network stack it joins, as the engine tells it.
 */
export function createOptions(spec: ContainerSpec, joinedUsers = '') {
  const attached = spec.attached ?? false;
  const ports = spec.publish ?? [];
  const { attachment } = spec;
  return {
    name: spec.name,
    Image: spec.image,
    Cmd: [...spec.command],
    Env: Object.entries(spec.environment ?? {}).map(([name, value]) => `${name}=${value}`),
    Labels: { ...spec.labels },
    ...(attached
      ? { OpenStdin: true, StdinOnce: true, AttachStdin: true, AttachStdout: true, AttachStderr: true }
      : {}),
    ExposedPorts: Object.fromEntries(ports.map((port) => [`${port.containerPort}/tcp`, {}])),
    HostConfig: {
      NetworkMode: networkMode(attachment),
      ...usersOf(attachment, joinedUsers),
      PortBindings: Object.fromEntries(
        ports.map((port) => [
          `${port.containerPort}/tcp`,
          port.hostAddresses.map((HostIp) => ({ HostIp, HostPort: String(port.hostPort) })),
        ]),
      ),
      ...(spec.cpus === undefined ? {} : { CpusetCpus: spec.cpus }),
      ...(spec.sysctls === undefined ? {} : { Sysctls: { ...spec.sysctls } }),
      ...(spec.binds === undefined ? {} : { Binds: [...spec.binds] }),
      ...(spec.inspecting
        ? {
            PidMode: 'host',
            CgroupnsMode: 'host',
            CapAdd: inspectingCapabilities,
            // Where an engine remaps users, a set-user-ID program (mount) would make root somebody else.
            SecurityOpt: ['seccomp=unconfined', 'apparmor=unconfined', 'label=disable', 'no-new-privileges'],
          }
        : {}),
      AutoRemove: attached,
    },
  };
}

/**
 * An engine that remaps users (`userns-remap`) lets a container into the host's network and pid namespaces only if it
 * stays in the host's user namespace too, and into another container's network namespace only with the users of that
 * one (moby, daemon/daemon_unix.go and daemon/oci_linux.go). Everybody else runs with the users that such an engine
 * gives. An engine that remaps nobody has one user namespace, and takes `host` as no order.
 */
function usersOf({ kind }: Attachment, joinedUsers: string): { readonly UsernsMode?: string } {
  const mode = kind === 'host' ? 'host' : kind === 'container' ? joinedUsers : '';
  return mode === '' ? {} : { UsernsMode: mode };
}

function networkMode(attachment: Attachment): string {
  switch (attachment.kind) {
    case 'container':
      return `container:${attachment.id}`;
    case 'network':
      return attachment.id;
    default:
      return attachment.kind;
  }
}
