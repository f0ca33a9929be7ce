import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '../../bench/model/failure.ts';

/** The place where an engine may be listening, and how it was found. */
export interface Endpoint {
  readonly found: 'DOCKER_HOST' | 'context' | 'socket' | 'lab';
  /** unix:///path, tcp://host:port, https://host:port or ssh://user@host. */
  readonly url: string;
  readonly tls?: { readonly ca: string; readonly cert: string; readonly key: string };
  /** Socket of the user's SSH agent, for ssh:// only. */
  readonly sshAgent?: string;
}

interface EndpointSources {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Docker's client configuration, usually ~/.docker. */
  readonly dockerDirectory: string;
  readonly defaultSocket: string;
}

/**
 * The engine that the user's own `docker` would use: `DOCKER_HOST`, then the current context, then the
 * default socket (docs.docker.com, "Docker contexts": the environment variable wins over the context).
 */
export async function findEndpoint(sources: EndpointSources): Promise<Endpoint> {
  const endpoint = await namedEndpoint(sources);
  const sshAgent = sources.env['SSH_AUTH_SOCK'];
  return endpoint.url.startsWith('ssh:') && sshAgent !== undefined ? { ...endpoint, sshAgent } : endpoint;
}

async function namedEndpoint(sources: EndpointSources): Promise<Endpoint> {
  const { env } = sources;
  const host = env['DOCKER_HOST'];
  if (host !== undefined && host !== '') {
    const url = host.includes('://') ? host : `tcp://${host}`;
    const certificates = env['DOCKER_CERT_PATH'];
    const verify = env['DOCKER_TLS_VERIFY'];
    if (verify === undefined || verify === '') return { found: 'DOCKER_HOST', url };
    return {
      found: 'DOCKER_HOST',
      url: url.replace(/^tcp:/, 'https:'),
      tls: await readTls(certificates ?? sources.dockerDirectory),
    };
  }
  const context = env['DOCKER_CONTEXT'] || (await currentContext(sources.dockerDirectory));
  if (context !== undefined && context !== 'default') return readContext(sources.dockerDirectory, context);
  return { found: 'socket', url: `unix://${sources.defaultSocket}` };
}

async function currentContext(dockerDirectory: string): Promise<string | undefined> {
  const path = join(dockerDirectory, 'config.json');
  try {
    const config: unknown = JSON.parse(await readFile(path, 'utf8'));
    const name = field(config, 'currentContext');
    return typeof name === 'string' ? name : undefined;
  } catch {
    return undefined; // no readable configuration: the client uses its default too
  }
}

/** Contexts are kept in folders named by the SHA-256 of their names (docker/cli, cli/context/store). */
async function readContext(dockerDirectory: string, name: string): Promise<Endpoint> {
  const folder = createHash('sha256').update(name).digest('hex');
  const path = join(dockerDirectory, 'contexts', 'meta', folder, 'meta.json');
  let host: unknown;
  try {
    const meta: unknown = JSON.parse(await readFile(path, 'utf8'));
    host = field(field(field(meta, 'Endpoints'), 'docker'), 'Host');
  } catch (cause) {
    throw new Failure('unfit', `Docker's context "${name}" cannot be read`, {
      hint: 'List the contexts with `docker context ls`, choose one with `docker context use NAME`, or set DOCKER_HOST.',
      cause,
    });
  }
  if (typeof host !== 'string') {
    throw new Failure('unfit', `Docker's context "${name}" has no engine address`, {
      hint: 'Choose another context with `docker context use NAME`, or set DOCKER_HOST.',
    });
  }
  const tlsFolder = join(dockerDirectory, 'contexts', 'tls', folder, 'docker');
  const tls = host.startsWith('tcp:') ? await readTls(tlsFolder).catch(() => undefined) : undefined;
  return tls === undefined
    ? { found: 'context', url: host }
    : { found: 'context', url: host.replace(/^tcp:/, 'https:'), tls };
}

async function readTls(directory: string): Promise<{ ca: string; cert: string; key: string }> {
  const read = (name: string) => readFile(join(directory, name), 'utf8');
  try {
    const [ca, cert, key] = await Promise.all([read('ca.pem'), read('cert.pem'), read('key.pem')]);
    return { ca, cert, key };
  } catch (cause) {
    throw new Failure('unfit', `the engine's TLS certificates cannot be read from ${directory}`, {
      hint: 'DOCKER_CERT_PATH must hold ca.pem, cert.pem and key.pem.',
      cause,
    });
  }
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
