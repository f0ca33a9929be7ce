import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Commander } from '../machine/command.ts';

/** What an engine shows a registry, in the words of the Engine API (docs.docker.com, "Authentication"). */
export type RegistryCredentials =
  | { readonly username: string; readonly password: string; readonly serveraddress: string }
  | { readonly identitytoken: string; readonly serveraddress: string };

/** Under this name Docker's client keeps the credentials of Docker Hub (docker/cli, cli/registry). */
const hub = 'https://index.docker.io/v1/';

/** How long a credential helper may take, in seconds. It may ask its user for a password. */
const helperSeconds = 30;

/**
 * The user's own credentials for the registry of an image, from where `docker login` keeps them: a credential helper,
 * or Docker's client configuration. `undefined`: there are none, and the registry is asked without.
 * @param dockerDirectory Docker's client configuration, usually ~/.docker.
 */
export async function credentialsFor(
  image: string,
  { dockerDirectory, commander }: { readonly dockerDirectory: string; readonly commander: Commander },
): Promise<RegistryCredentials | undefined> {
  const server = registryOf(image);
  const config = await readConfig(join(dockerDirectory, 'config.json'));
  const helper = text(entry(entry(config, 'credHelpers'), server)) ?? text(entry(config, 'credsStore'));
  if (helper !== undefined) {
    const { exitCode, stdout } = await commander.run(`docker-credential-${helper}`, ['get'], {
      input: server,
      timeoutSeconds: helperSeconds,
    });
    return exitCode === 0 ? ofHelper(parsed(stdout), server) : undefined;
  }
  const known = entry(entry(config, 'auths'), server);
  const identitytoken = text(entry(known, 'identitytoken'));
  if (identitytoken !== undefined) return { identitytoken, serveraddress: server };
  const decoded = Buffer.from(text(entry(known, 'auth')) ?? '', 'base64').toString();
  const at = decoded.indexOf(':');
  if (at < 1) return undefined;
  return { username: decoded.slice(0, at), password: decoded.slice(at + 1), serveraddress: server };
}

/** The part before the first slash names a registry where it has a dot, a port, or is localhost. */
export function registryOf(image: string): string {
  const [first = '', ...rest] = image.split('/');
  return rest.length > 0 && (/[.:]/.test(first) || first === 'localhost') ? first : hub;
}

/** A helper gives a token under the user name <token> (docker/docker-credential-helpers). */
function ofHelper(answer: unknown, server: string): RegistryCredentials | undefined {
  const [username, secret] = [text(entry(answer, 'Username')), text(entry(answer, 'Secret'))];
  if (username === undefined || secret === undefined) return undefined;
  return username === '<token>'
    ? { identitytoken: secret, serveraddress: server }
    : { username, password: secret, serveraddress: server };
}

async function readConfig(path: string): Promise<unknown> {
  return parsed(await readFile(path, 'utf8').catch(() => ''));
}

/** `undefined` for what is no JSON: the user's own client ignores it too. */
function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

function entry(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
