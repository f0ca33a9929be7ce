import { present } from '../../bench/model/present.ts';
import type { ServiceSettings } from '../../bench/model/service.ts';
import { openFiles, type Powers } from '../powers.ts';
import type { Attachment, ContainerSpec } from './engine.ts';

/**
 * The body of the request POST /containers/create (docs.docker.com, Engine API).
 * @param joinedUsers `UsernsMode` of the container whose network stack it joins, as the engine reports it.
 */
export function createOptions(spec: ContainerSpec, joinedUsers = '') {
  const attached = spec.attached ?? false;
  const ports = spec.publish ?? [];
  const { attachment, settings = {} } = spec;
  return {
    name: spec.name,
    Image: spec.image,
    ...(spec.command.length === 0 ? {} : { Cmd: [...spec.command] }),
    ...(spec.user === undefined ? {} : { User: spec.user }),
    Env: Object.entries(spec.environment ?? {}).map(([name, value]) => `${name}=${value}`),
    Labels: { ...spec.labels },
    ...ownSettings(settings),
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
      ...present({ CpusetCpus: spec.cpus }),
      ...(spec.sysctls === undefined ? {} : { Sysctls: { ...spec.sysctls } }),
      ...(spec.dns === undefined ? {} : { Dns: [...spec.dns] }),
      ...(spec.binds === undefined ? {} : { Binds: [...spec.binds] }),
      ...(spec.inspecting ? { PidMode: 'host', CgroupnsMode: 'host' } : {}),
      ...(spec.powers === undefined ? hostSettings(settings) : limits(spec.powers)),
      SecurityOpt: [
        ...(settings.securityOptions ?? []),
        ...(spec.inspecting ? unconfined : []),
        ...(spec.powers === undefined ? [] : ['no-new-privileges']),
      ],
      AutoRemove: attached,
    },
  };
}

/** What a container's own configuration has of a service's settings. */
function ownSettings({ entrypoint, workingDirectory, volumes }: ServiceSettings) {
  return {
    ...present({ Entrypoint: entrypoint, WorkingDir: workingDirectory }),
    ...(volumes === undefined ? {} : { Volumes: Object.fromEntries(volumes.map((path) => [path, {}])) }),
  };
}

/** What the engine does around a container of a service's settings. */
function hostSettings(settings: ServiceSettings) {
  const { limits: asked, logging } = settings;
  return {
    ...present({
      ExtraHosts: settings.hosts,
      Tmpfs: settings.temporary,
      Init: settings.init,
      ReadonlyRootfs: settings.readOnlyRoot,
      CapAdd: settings.addedCapabilities,
      CapDrop: settings.droppedCapabilities,
      GroupAdd: settings.groups,
      Memory: settings.memoryBytes,
      ShmSize: settings.sharedMemoryBytes,
      Ulimits: asked?.map(({ name, soft, hard }) => ({ Name: name, Soft: soft, Hard: hard })),
      LogConfig: logging && { Type: logging.driver, Config: logging.options },
    }),
  };
}

/**
 * An engine that remaps users (`userns-remap`) lets a container into the host's network and pid namespaces
 * only if it stays in the host's user namespace too. It lets a container into another container's network
 * namespace only with the users of that one (moby, daemon/daemon_unix.go and daemon/oci_linux.go). All other
 * containers run with the users that such an engine gives. An engine that remaps no users has one user
 * namespace, and `host` changes nothing there.
 */
function usersOf({ kind }: Attachment, joinedUsers: string): { readonly UsernsMode?: string } {
  const mode = kind === 'host' ? 'host' : kind === 'container' ? joinedUsers : '';
  return mode === '' ? {} : { UsernsMode: mode };
}

/**
 * `--privileged` is not used. It requests every capability, which an engine inside a restricted machine
 * cannot give.
 */
const unconfined = ['seccomp=unconfined', 'apparmor=unconfined', 'label=disable'];

function limits({ capabilities, writable, pids, memoryBytes }: Powers) {
  return {
    CapDrop: ['ALL'],
    CapAdd: [...capabilities],
    ReadonlyRootfs: true,
    Tmpfs: Object.fromEntries(
      Object.entries(writable).map(([path, bytes]) => [path, `mode=755,size=${bytes}`]),
    ),
    PidsLimit: pids,
    Memory: memoryBytes,
    Ulimits: [{ Name: 'nofile', Soft: openFiles, Hard: openFiles }],
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
