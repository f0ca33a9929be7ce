import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import Docker from 'dockerode';
import { Failure, messageOf } from '../../bench/model/failure.ts';
import { throwIfInterrupted } from '../../bench/model/go-on.ts';
import { boundCalls, type CallPatience, callPatience } from './call-deadline.ts';
import { createOptions } from './create-options.ts';
import { dockerodeNetworks } from './dockerode-networks.ts';
import { attach, demultiplex } from './dockerode-streams.ts';
import type { Endpoint } from './endpoint.ts';
import type { ContainerSpec, CreatedContainer, Engine, EngineAbout, Found } from './engine.ts';
import { callFailure, connectionFailure, engineWords, statusOf } from './failures.ts';
import { chooseApiVersion, type EngineVersion, engineInfo, engineVersion } from './identity.ts';
import { addressesOf, healthCheckSeconds, publishedPorts } from './inspected.ts';
import { followProgress } from './progress.ts';
import { recipeOf } from './recipe.ts';

/** How long a registry may take to answer before we bootstrap a base instead, in milliseconds. */
const pullPatienceMs = 120_000;
/** How long an engine may take to import an image from an archive, in milliseconds. */
const archivePatienceMs = 5 * 60_000;
/** How long a build may take, in milliseconds: it takes a minute where the package mirror is quick. */
const buildPatienceMs = 30 * 60_000;

/**
 * Connects to an engine and agrees on an API version.
 * @param connectSeconds how long each of its first answers may take. A machine that takes longer is not fit
 *   for measurements.
 * @throws {Failure} unfit: why there is no engine at the endpoint.
 */
export async function connectDockerode(
  endpoint: Endpoint,
  connectSeconds = 10,
  patience: CallPatience = callPatience(),
): Promise<Engine> {
  try {
    const options = connectionOptions(endpoint);
    const connecting = { callSeconds: connectSeconds, afterSilenceSeconds: connectSeconds };
    const version = engineVersion(await bounded(options, connecting).version(), endpoint.url);
    const spoken = { ...options, version: `v${chooseApiVersion(version)}` };
    const about = await readAbout(bounded(spoken, connecting), endpoint, version);
    return dockerodeEngine(bounded(spoken, patience), about);
  } catch (error) {
    throw connectionFailure(error, endpoint);
  }
}

function bounded(options: Docker.DockerOptions, patience: CallPatience): Docker {
  const docker = untouchedBy(process.env, () => new Docker(options));
  boundCalls(docker.modem, patience);
  return docker;
}

/**
 * Makes a client that uses the given options and nothing else. By default, docker-modem reads Docker's
 * variables in its constructor. DOCKER_HOST replaces a given socket. DOCKER_CLIENT_TIMEOUT is in seconds, but
 * is taken for milliseconds. DOCKER_CERT_PATH is read even if TLS is not requested.
 */
function untouchedBy(env: NodeJS.ProcessEnv, make: () => Docker): Docker {
  const kept = Object.entries(env).filter(([name]) => name.startsWith('DOCKER_'));
  for (const [name] of kept) delete env[name];
  try {
    return make();
  } finally {
    Object.assign(env, Object.fromEntries(kept));
  }
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
      sshOptions: { agent: endpoint.sshAgent ?? '' },
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

async function readAbout(docker: Docker, endpoint: Endpoint, version: EngineVersion): Promise<EngineAbout> {
  const info = engineInfo(await docker.info(), endpoint.url);
  return {
    version: version.Version,
    apiVersion: chooseApiVersion(version),
    operatingSystem: info.OperatingSystem,
    osType: info.OSType,
    storageDriver: info.Driver,
    dataRoot: info.DockerRootDir,
    cgroupVersion: info.CgroupVersion ?? '1',
    cpuSets: info.CPUSet ?? true,
    rootless: (info.SecurityOptions ?? []).some((option) => option.includes('rootless')),
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
      throw callFailure(error, what, about.address);
    }
  }

  async function inspectedImage(tag: string): Promise<Docker.ImageInspectInfo | undefined> {
    try {
      return await docker.getImage(tag).inspect();
    } catch (error) {
      if (statusOf(error) === 404) return undefined;
      throw callFailure(error, `look for the image ${tag}`, about.address);
    }
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

    async imageId(tag) {
      return (await inspectedImage(tag))?.Id;
    },

    async imageExists(tag) {
      return (await inspectedImage(tag)) !== undefined;
    },

    async healthCheckSeconds(tag) {
      return healthCheckSeconds((await inspectedImage(tag))?.Config);
    },

    async pull(reference, { signal, credentials } = {}) {
      try {
        const abortSignal = within(pullPatienceMs, signal);
        const stream = await docker.pull(tagged(reference), {
          abortSignal,
          ...(credentials === undefined ? {} : { authconfig: credentials }),
        });
        await followProgress(stream, () => {}, abortSignal);
        return { pulled: true };
      } catch (error) {
        if (signal !== undefined) throwIfInterrupted(signal);
        return { pulled: false, why: engineWords(error) };
      }
    },

    async importImage(tarPath, tag, { signal, labels = {} } = {}) {
      const [repo, version] = splitTag(tag);
      await tried(`import ${tag}`, async () => {
        const changes = Object.entries(labels).map(([name, value]) => `LABEL ${name}=${value}`);
        const abortSignal = within(archivePatienceMs, signal);
        const options = { repo, tag: version, changes, abortSignal };
        const stream = await docker.importImage(createReadStream(tarPath), options);
        await followProgress(stream, () => {}, abortSignal);
      }).catch((error: unknown) => {
        if (signal !== undefined) throwIfInterrupted(signal);
        throw error;
      });
    },

    async loadImage(archive, tag) {
      await tried(`load ${tag}`, async () => {
        const abortSignal = within(archivePatienceMs);
        const stream = await docker.loadImage(Readable.from([archive]), { abortSignal });
        await followProgress(stream, () => {}, abortSignal);
      });
    },

    async build(context, onLine, { signal } = {}) {
      const lines: string[] = [];
      const late = AbortSignal.timeout(buildPatienceMs);
      const given = signal === undefined ? late : AbortSignal.any([late, signal]);
      try {
        const stream = await docker.buildImage(
          { context: context.directory, src: [...context.files] },
          {
            t: context.tag,
            buildargs: context.arguments,
            labels: context.labels,
            rm: true,
            forcerm: true,
            abortSignal: given,
          },
        );
        const heard = (line: string) => {
          lines.push(line);
          onLine(line);
        };
        await followProgress(stream, heard, given);
      } catch (error) {
        if (signal !== undefined) throwIfInterrupted(signal);
        const why = late.aborted
          ? `it did not finish within ${buildPatienceMs / 60_000} min`
          : messageOf(error);
        throw new Failure('unfit', `building ${context.tag} failed: ${why}`, {
          hint: `Its last lines:\n${lines.slice(-12).join('\n')}`,
          cause: error,
        });
      }
    },

    async images(label) {
      const found = await tried('list images', () => docker.listImages({ filters: { label: [label] } }));
      return found.flatMap(({ RepoTags, Labels }) =>
        (RepoTags ?? []).map((tag) => ({ tag, labels: Labels ?? {} })),
      );
    },

    async untaggedImages(label) {
      const filters = { label: [label], dangling: ['true'] };
      return (await tried('list images', () => docker.listImages({ filters }))).map(({ Id }) => Id);
    },

    async removeImage(tag) {
      try {
        await docker.getImage(tag).remove();
        return true;
      } catch (error) {
        if (statusOf(error) === 409) return false;
        throw callFailure(error, `remove the image ${tag}`, about.address);
      }
    },

    async create(spec) {
      const { id, warnings } = await tried(`create ${spec.name}`, async () =>
        createContainer(docker, createOptions(spec, await joinedUsers(docker, spec))),
      );
      const container = docker.getContainer(id);
      const streams = spec.attached
        ? await tried(`attach to ${spec.name}`, () => attach(docker.modem, container))
        : undefined;
      return {
        id: container.id,
        channel: streams?.channel,
        warnings,
        stderrTail: () => streams?.stderrTail() ?? '',
        detach: () => streams?.detach(),
        start: () => tried(`start ${spec.name}`, () => container.start()),
      } satisfies CreatedContainer;
    },

    async claim({ name, image, labels }) {
      try {
        await createContainer(docker, { name, Image: image, Labels: { ...labels } });
        return true;
      } catch (error) {
        if (statusOf(error) === 409) return false;
        throw callFailure(error, `create ${name}`, about.address);
      }
    },

    async inspect(id) {
      try {
        const state = await docker.getContainer(id).inspect();
        return {
          id: state.Id,
          running: state.State.Running,
          pid: state.State.Pid,
          exitCode: state.State.ExitCode,
          ...addressesOf(state),
          name: state.Name.replace(/^\//, ''),
          networkMode: state.HostConfig.NetworkMode ?? 'default',
          published: publishedPorts(state),
          requestedPorts: Object.keys(state.HostConfig.PortBindings ?? {}),
          cpus: state.HostConfig.CpusetCpus || undefined,
        };
      } catch (error) {
        if (statusOf(error) === 404) return undefined;
        throw callFailure(error, `inspect ${id.slice(0, 12)}`, about.address);
      }
    },

    async recipe(id) {
      try {
        return recipeOf(await docker.getContainer(id).inspect());
      } catch (error) {
        if (statusOf(error) === 404) return undefined;
        throw callFailure(error, `inspect ${id.slice(0, 12)}`, about.address);
      }
    },

    async moveToCpus(id, cpus) {
      try {
        const answer: { readonly Warnings?: readonly string[] | null } = await docker
          .getContainer(id)
          .update({ CpusetCpus: cpus });
        return answer.Warnings ?? [];
      } catch (error) {
        const what = `move ${id.slice(0, 12)} to CPU ${cpus}`;
        if (statusOf(error) !== 404) throw callFailure(error, what, about.address);
        return [];
      }
    },

    async remove(id) {
      const container = docker.getContainer(id);
      try {
        await container.remove({ force: true, v: true }).catch(async (error: unknown) => {
          if (statusOf(error) !== 409) throw error;
          // Its removal is under way (AutoRemove). Until it is over, the container's networks cannot be
          // removed.
          await container.wait({ condition: 'removed' });
        });
      } catch (error) {
        // 404: gone already.
        if (statusOf(error) !== 404) throw callFailure(error, `remove ${id.slice(0, 12)}`, about.address);
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

    ...dockerodeNetworks(docker, tried),

    async volumes(label) {
      const { Volumes } = await tried('list volumes', () =>
        docker.listVolumes({ filters: JSON.stringify({ label: [label] }) }),
      );
      return (Volumes ?? []).map(({ Name, Labels }) => ({ name: Name, labels: Labels ?? {} }));
    },

    async removeVolume(name) {
      try {
        await docker.getVolume(name).remove();
      } catch (error) {
        if (statusOf(error) !== 404) throw callFailure(error, `remove the volume ${name}`, about.address);
      }
    },
  };
}

/** The user namespace of the container whose network stack a new one joins, in the engine's words. */
async function joinedUsers(docker: Docker, { attachment }: ContainerSpec): Promise<string | undefined> {
  if (attachment.kind !== 'container') return undefined;
  return (await docker.getContainer(attachment.id).inspect()).HostConfig.UsernsMode;
}

/** Like dockerode's `createContainer`, but keeps the engine's warnings, which dockerode drops. */
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

/** Aborted when the time is up, or when another signal is. */
function within(milliseconds: number, signal?: AbortSignal): AbortSignal {
  const late = AbortSignal.timeout(milliseconds);
  return signal === undefined ? late : AbortSignal.any([late, signal]);
}

/** The engine pulls every tag of a reference without one (docs.docker.com, Engine API, ImageCreate). */
function tagged(reference: string): string {
  const last = reference.split('/').at(-1) ?? '';
  return /[:@]/.test(last) ? reference : `${reference}:latest`;
}

function splitTag(tag: string): readonly [string, string] {
  const colon = tag.lastIndexOf(':');
  return [tag.slice(0, colon), tag.slice(colon + 1)];
}
