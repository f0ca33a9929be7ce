import { createReadStream } from 'node:fs';
import { type Duplex, PassThrough } from 'node:stream';
import Docker from 'dockerode';
import { Failure, messageOf } from '../../bench/model/failure.ts';
import type { Channel } from '../../bench/model/rpc.ts';
import { chooseApiVersion } from './api-version.ts';
import { connectionFailure } from './connection-failure.ts';
import type { Endpoint } from './endpoint.ts';
import type { ContainerSpec, CreatedContainer, Engine, EngineAbout, Found } from './engine.ts';

/** How long a registry may take to answer before we bootstrap a base instead, in milliseconds. */
const pullPatienceMs = 120_000;
/**
 * What it takes to enter other network namespaces, to read whose sockets are whose, and to make a link. Not
 * `--privileged`: that asks for every capability there is, which an engine inside a restricted machine cannot give.
 */
const inspectingCapabilities = ['NET_ADMIN', 'NET_RAW', 'SYS_ADMIN', 'SYS_PTRACE', 'DAC_READ_SEARCH'];
/** Bytes of stderr that are kept for a message. */
const stderrKept = 4000;

/**
 * Connects to an engine and agrees on an API version.
 * @param silenceSeconds how long it may keep silent before it is given up.
 * Throws a `Failure` (`unfit`) that says why there is no engine at the endpoint.
 */
export async function connectDockerode(endpoint: Endpoint, silenceSeconds = 10): Promise<Engine> {
  let about: EngineAbout;
  let docker: Docker;
  try {
    const options = connectionOptions(endpoint);
    const bounded = { ...options, timeout: silenceSeconds * 1000 };
    const version = await new Docker(bounded).version();
    const spoken = `v${chooseApiVersion(version)}`;
    about = await readAbout(new Docker({ ...bounded, version: spoken }), endpoint, version);
    docker = new Docker({ ...options, version: spoken });
  } catch (error) {
    throw connectionFailure(error, endpoint);
  }
  return dockerodeEngine(docker, about);
}

function connectionOptions(endpoint: Endpoint): Docker.DockerOptions {
  if (endpoint.url.startsWith('unix://')) return { socketPath: endpoint.url.slice('unix://'.length) };
  const url = new URL(endpoint.url);
  const host = url.hostname;
  if (url.protocol === 'ssh:') {
    return {
      protocol: 'ssh',
      host,
      port: url.port === '' ? 22 : Number(url.port),
      ...(url.username === '' ? {} : { username: url.username }),
      sshOptions: { agent: process.env['SSH_AUTH_SOCK'] ?? '' },
    };
  }
  const tls = endpoint.tls;
  return {
    protocol: tls === undefined ? 'http' : 'https',
    host,
    port: url.port === '' ? (tls === undefined ? 2375 : 2376) : Number(url.port),
    ...(tls ?? {}),
  };
}

async function readAbout(
  docker: Docker,
  endpoint: Endpoint,
  version: Docker.DockerVersion,
): Promise<EngineAbout> {
  const info = await docker.info();
  const security: readonly string[] = info.SecurityOptions ?? [];
  return {
    version: version.Version,
    apiVersion: chooseApiVersion(version),
    operatingSystem: info.OperatingSystem,
    osType: info.OSType,
    storageDriver: info.Driver,
    dataRoot: info.DockerRootDir,
    cgroupVersion: info.CgroupVersion ?? '1',
    rootless: security.some((option) => option.includes('rootless')),
    cpuCount: info.NCPU,
    endpoint: endpoint.found,
    address: endpoint.url,
  };
}

function dockerodeEngine(docker: Docker, about: EngineAbout): Engine {
  /** Runs one call; what it throws becomes a `Failure` that says what was tried. */
  async function tried<T>(what: string, call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      throw callFailure(error, what, about);
    }
  }

  /** An engine tells what went wrong after its answer has begun in the answer, not by a status or a broken stream. */
  async function follow(stream: NodeJS.ReadableStream, onLine: (line: string) => void): Promise<void> {
    let wrong: string | undefined;
    await new Promise<void>((resolve, reject) => {
      docker.modem.followProgress(
        stream,
        (error) => (error === null ? resolve() : reject(error)),
        (event: { stream?: string; status?: string; error?: string }) => {
          wrong ??= event.error;
          const line = (event.stream ?? event.status ?? '').trim();
          if (line !== '') onLine(line);
        },
      );
    });
    if (wrong !== undefined) throw Object.assign(new Error(wrong), { statusCode: 500 });
  }

  async function list(options: Docker.ContainerListOptions): Promise<readonly Found[]> {
    const found = await tried('list containers', () => docker.listContainers(options));
    return found.map((container) => ({
      id: container.Id,
      name: (container.Names[0] ?? container.Id.slice(0, 12)).replace(/^\//, ''),
      image: container.Image,
      labels: container.Labels ?? {},
      running: container.State === 'running',
    }));
  }

  return {
    about,

    async imageExists(tag) {
      try {
        await docker.getImage(tag).inspect();
        return true;
      } catch (error) {
        if (statusOf(error) === 404) return false;
        throw callFailure(error, `look for the image ${tag}`, about);
      }
    },

    async pull(reference) {
      try {
        const stream = await docker.pull(reference, { abortSignal: AbortSignal.timeout(pullPatienceMs) });
        await follow(stream, () => {});
        return { pulled: true };
      } catch (error) {
        return { pulled: false, why: messageOf(error) };
      }
    },

    async importImage(tarPath, tag) {
      const [repo, version] = splitTag(tag);
      await tried(`import ${tag}`, async () => {
        const stream = await docker.importImage(createReadStream(tarPath), { repo, tag: version });
        await follow(stream, () => {});
      });
    },

    async build(context, onLine) {
      const lines: string[] = [];
      try {
        const stream = await docker.buildImage(
          { context: context.directory, src: [...context.files] },
          { t: context.tag, buildargs: context.arguments, labels: context.labels, rm: true, forcerm: true },
        );
        await follow(stream, (line) => {
          lines.push(line);
          onLine(line);
        });
      } catch (error) {
        throw new Failure('unfit', `building ${context.tag} failed: ${messageOf(error)}`, {
          hint: `Its last lines:\n${lines.slice(-12).join('\n')}`,
          cause: error,
        });
      }
    },

    async removeImage(tag) {
      await tried(`remove the image ${tag}`, () => docker.getImage(tag).remove({ force: true }));
    },

    async create(spec) {
      const what = `create ${spec.name}`;
      const { id, warnings } = await tried(what, () => createContainer(docker, createOptions(spec)));
      const container = docker.getContainer(id);
      const streams = spec.attached
        ? await tried(`attach to ${spec.name}`, () => attach(docker, container))
        : undefined;
      return {
        id: container.id,
        channel: streams?.channel,
        warnings,
        stderrTail: () => streams?.stderrTail() ?? '',
        start: () => tried(`start ${spec.name}`, () => container.start()),
      } satisfies CreatedContainer;
    },

    async inspect(id) {
      try {
        const state = await docker.getContainer(id).inspect();
        return {
          id: state.Id,
          running: state.State.Running,
          pid: state.State.Pid,
          exitCode: state.State.ExitCode,
          address: bridgeAddress(state),
          networkMode: state.HostConfig.NetworkMode ?? 'default',
        };
      } catch (error) {
        if (statusOf(error) === 404) return undefined;
        throw callFailure(error, `inspect ${id.slice(0, 12)}`, about);
      }
    },

    async remove(id) {
      try {
        await docker.getContainer(id).remove({ force: true, v: true });
      } catch (error) {
        // 404: gone already. 409: its removal is under way (AutoRemove).
        const status = statusOf(error);
        if (status !== 404 && status !== 409) throw callFailure(error, `remove ${id.slice(0, 12)}`, about);
      }
    },

    async lastLines(id, count) {
      try {
        const raw = await docker.getContainer(id).logs({ stdout: true, stderr: true, tail: count });
        return demultiplex(raw);
      } catch {
        return ''; // the container has gone, and its lines with it
      }
    },

    containers: (label) =>
      list({ all: true, ...(label === undefined ? {} : { filters: { label: [label] } }) }),
  };
}

/** As dockerode's `createContainer`, which drops the engine's warnings. */
async function createContainer(
  docker: Docker,
  options: Docker.ContainerCreateOptions,
): Promise<{ readonly id: string; readonly warnings: readonly string[] }> {
  const request = {
    path: '/containers/create?',
    method: 'POST',
    options: { _query: { name: options.name ?? '' }, _body: options },
    statusCodes: { 200: true, 201: true, 400: 'bad parameter', 404: 'no such image', 409: 'conflict' },
  };
  return new Promise((resolve, reject) => {
    docker.modem.dial(request, (error, answer) => {
      if (error !== null) return reject(error);
      const { Id, Warnings } = answer as {
        readonly Id: string;
        readonly Warnings?: readonly string[] | null;
      };
      resolve({ id: Id, warnings: Warnings ?? [] });
    });
  });
}

/** Empty for the default bridge's address when a container has none: engines differ in which field they fill. */
function bridgeAddress(state: Docker.ContainerInspectInfo): string | undefined {
  const address = state.NetworkSettings.Networks['bridge']?.IPAddress;
  return address === undefined || address === '' ? undefined : address;
}

function createOptions(spec: ContainerSpec): Docker.ContainerCreateOptions {
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
      NetworkMode: attachment.kind === 'container' ? `container:${attachment.id}` : attachment.kind,
      PortBindings: Object.fromEntries(
        ports.map((port) => [
          `${port.containerPort}/tcp`,
          port.hostAddresses.map((HostIp) => ({ HostIp, HostPort: String(port.hostPort) })),
        ]),
      ),
      ...(spec.cpus === undefined ? {} : { CpusetCpus: spec.cpus }),
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

async function attach(
  docker: Docker,
  container: Docker.Container,
): Promise<{ channel: Channel; stderrTail(): string }> {
  const stream: Duplex = asDuplex(
    await container.attach({ stream: true, stdin: true, stdout: true, stderr: true, hijack: true }),
  );
  const output = new PassThrough();
  const errors = new PassThrough();
  let tail = '';
  errors.setEncoding('utf8');
  errors.on('data', (text: string) => {
    tail = (tail + text).slice(-stderrKept);
  });
  docker.modem.demuxStream(stream, output, errors);
  const finish = () => {
    output.end();
    errors.end();
  };
  stream.on('end', finish);
  stream.on('close', finish);
  stream.on('error', finish);
  return { channel: { input: stream, output }, stderrTail: () => tail };
}

/** dockerode types its hijacked socket as a ReadWriteStream; it is a net.Socket. */
function asDuplex(stream: NodeJS.ReadWriteStream): Duplex {
  return stream as Duplex;
}

/** Splits Docker's stream frames (8-byte head, then payload) of a log that was fetched whole. */
function demultiplex(raw: Buffer): string {
  let text = '';
  for (let offset = 0; offset + 8 <= raw.length; ) {
    const length = raw.readUInt32BE(offset + 4);
    text += raw.toString('utf8', offset + 8, offset + 8 + length);
    offset += 8 + length;
  }
  return text.trimEnd();
}

function splitTag(tag: string): readonly [string, string] {
  const colon = tag.lastIndexOf(':');
  return [tag.slice(0, colon), tag.slice(colon + 1)];
}

function statusOf(error: unknown): number | undefined {
  const status = typeof error === 'object' && error !== null ? Reflect.get(error, 'statusCode') : undefined;
  return typeof status === 'number' ? status : undefined;
}

/** An engine that answers with an error, or that has stopped answering in mid-run. */
function callFailure(error: unknown, what: string, about: EngineAbout): Failure {
  if (error instanceof Failure) return error;
  if (statusOf(error) === undefined) {
    return new Failure('partial', `the engine at ${about.address} stopped answering (tried to ${what})`, {
      hint: 'Look at its log (journalctl -u docker), start it again, then run `bench clean` and repeat the run.',
      cause: error,
    });
  }
  const portTaken = /address already in use|port is already allocated/i.test(messageOf(error));
  return new Failure('casesFailed', `the engine refused to ${what}: ${messageOf(error)}`, {
    hint: portTaken
      ? 'Another program holds that port. See who with: ss -ltnp. Stop it, or choose other ports with another --seed.'
      : 'Run `bench doctor` to see whether this engine fits.',
    cause: error,
  });
}
