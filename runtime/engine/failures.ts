import { Failure, messageOf } from '../../bench/model/failure.ts';
import { EngineSilent } from './call-deadline.ts';
import type { Endpoint } from './endpoint.ts';
import { answerWords, notAnEngine } from './identity.ts';

/** Whether nothing listens at the endpoint: the one case in which another engine may be tried. */
export function nothingListens(error: unknown): boolean {
  if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ECONNREFUSED') return true;
  return error instanceof Error && error.cause !== undefined && nothingListens(error.cause);
}

/** Why the engine at `endpoint` cannot be used, and what to do about it. */
export function connectionFailure(error: unknown, endpoint: Endpoint): Failure {
  if (error instanceof Failure) return error;
  const code = codeOf(error);
  const where = `${endpoint.url} (from ${sourceOf[endpoint.found]})`;
  if (isSsh(endpoint)) return sshFailure(error, endpoint, where);
  if (code === 'EACCES' || code === 'EPERM') {
    return new Failure('unfit', `no permission to use the engine at ${where}`, {
      hint: 'Join the group docker and log in again: sudo usermod -aG docker "$USER". Or run bench as root.',
      cause: error,
    });
  }
  if (code === 'ENOENT' || code === 'ECONNREFUSED') {
    return new Failure('unfit', `no engine answers at ${where}`, {
      hint:
        endpoint.found === 'socket'
          ? 'Start it with: systemctl start docker. Or let bench install and start one: bench run --setup'
          : `Start that engine, or unset ${endpoint.found === 'DOCKER_HOST' ? 'DOCKER_HOST' : 'the context (docker context use default)'}.`,
      cause: error,
    });
  }
  const stranger = strangersWords(error);
  if (stranger !== undefined) return notAnEngine(endpoint.url, stranger, error);
  return new Failure('unfit', `the engine at ${where} cannot be used: ${messageOf(error)}`, {
    hint: 'Check it with: docker info',
    cause: error,
  });
}

/**
 * bench has its own SSH client. `docker` runs the user's ssh and so knows its configuration and keys. bench
 * does not know them.
 * @param error `level` is ssh2's.
 */
function sshFailure(error: unknown, { sshAgent }: Endpoint, where: string): Failure {
  const refused = fieldOf(error, 'level') === 'client-authentication';
  const agent =
    sshAgent === undefined
      ? 'no ssh-agent is running (SSH_AUTH_SOCK is not set)'
      : `the ssh-agent at ${sshAgent} has none that is accepted`;
  const words = messageOf(error) === 'Invalid username' ? 'it names no user' : messageOf(error);
  const why = refused ? `its machine requires a key, and ${agent}` : words;
  return new Failure('unfit', `the engine at ${where} cannot be used: ${why}`, {
    hint: `bench needs a running ssh-agent: eval "$(ssh-agent)"; ssh-add
bench does not read ~/.ssh/config. Give user, host name and port, e.g. DOCKER_HOST=ssh://root@192.0.2.7:22`,
    cause: error,
  });
}

/** What the user has to know about an endpoint before it is used, a line each. */
export function endpointWarnings(endpoint: Endpoint): readonly string[] {
  if (!isSsh(endpoint)) return [];
  return [
    `warning: the host key of ${endpoint.url} is not checked`,
    '  bench cannot tell whether that machine is the one you mean: use ssh:// only on a network that you trust.',
  ];
}

function isSsh({ url }: Endpoint): boolean {
  return url.startsWith('ssh:');
}

const sourceOf = {
  DOCKER_HOST: 'DOCKER_HOST',
  context: "Docker's current context",
  socket: 'the default socket',
  lab: "bench's lab",
} as const satisfies Record<Endpoint['found'], string>;

/**
 * The answer of a program that is no engine: an error page, or no HTTP at all. An engine's errors are JSON.
 */
function strangersWords(error: unknown): string | undefined {
  const code = codeOf(error);
  if (typeof code === 'string' && code.startsWith('HPE_')) return 'its answer is not HTTP';
  const status = statusOf(error);
  const answer = fieldOf(error, 'json');
  if (status === undefined || !Buffer.isBuffer(answer)) return undefined;
  return `it answered HTTP ${status} with ${answerWords(answer)}`;
}

/**
 * An engine's own words, without docker-modem's prefix: `(HTTP code 500) server error - …`. If the engine
 * says nothing itself (304, "container already started"), the meaning of the code.
 */
export function engineWords(error: unknown): string {
  const text = messageOf(error);
  const [, meaning, words] = /^\(HTTP code \d+\) (.*?) - (.*)$/s.exec(text) ?? [];
  return (words?.trim() || (meaning ?? text)).trim();
}

/**
 * The failure of an engine that answers with an error (`casesFailed`), or that has stopped answering
 * (`partial`).
 * @param what was tried, as the end of "tried to …".
 * @param address of the engine.
 */
export function callFailure(error: unknown, what: string, address: string): Failure {
  if (error instanceof Failure) return error;
  if (statusOf(error) === undefined) {
    const waited = error instanceof EngineSilent ? `: ${error.message}` : '';
    return new Failure(
      'partial',
      `the engine at ${address} stopped answering when bench tried to ${what}${waited}`,
      {
        hint: 'Read its log (journalctl -u docker) and restart it. Then run `bench clean` and repeat the run.',
        cause: error,
      },
    );
  }
  const words = engineWords(error);
  const portTaken = /address already in use|port is already allocated/i.test(words);
  return new Failure('casesFailed', `the engine refused to ${what}: ${words}`, {
    hint: portTaken
      ? 'Another program uses that port. Find it with: ss -ltnp. Stop it, or choose other ports with another --seed.'
      : 'Run `bench doctor` to check this engine.',
    cause: error,
  });
}

/** HTTP status of an engine's refusal; `undefined` where the engine did not answer at all. */
export function statusOf(error: unknown): number | undefined {
  const status = fieldOf(error, 'statusCode');
  return typeof status === 'number' ? status : undefined;
}

function codeOf(error: unknown): unknown {
  return fieldOf(error, 'code');
}

function fieldOf(error: unknown, name: string): unknown {
  return typeof error === 'object' && error !== null ? Reflect.get(error, name) : undefined;
}
