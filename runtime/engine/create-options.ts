import type { Attachment, ContainerSpec } from './engine.ts';

/**
 * What it takes to enter other network namespaces, to read whose sockets are whose, and to make a link. Not
 * `--privileged`: that asks for every capability there is, which an engine inside a restricted machine cannot give.
 */
const inspectingCapabilities = ['NET_ADMIN', 'NET_RAW', 'SYS_ADMIN', 'SYS_PTRACE', 'DAC_READ_SEARCH'];

/** What the engine's API is asked to create: POST /containers/create (docs.docker.com, Engine API). */
export function createOptions(spec: ContainerSpec) {
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
            SecurityOpt: ['seccomp=unconfined', 'apparmor=unconfined', 'label=disable'],
          }
        : {}),
      AutoRemove: attached,
    },
  };
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
