import { lookup } from 'node:dns';
import { connect, isIP, isIPv4, type LookupFunction, type Socket } from 'node:net';
import type { Endpoint } from '../../model/connection.ts';
import { endpointText } from '../../model/connection.ts';
import { Failure } from '../../model/failure.ts';

/** How long a service may take to accept a connection, in seconds. */
const patienceSeconds = 3;

/** A connection that is held open. Nothing is sent on it. */
export interface Dialled extends Disposable {
  readonly local: Endpoint;
  readonly remote: Endpoint;
  /** Whether the server has closed it meanwhile. */
  closed(): boolean;
}

export interface Target {
  readonly host: string;
  readonly port: number;
}

const defaultPorts: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443 };

/**
 * Host and port of a URL, or of `host:port` alone.
 * @throws {Failure} usage: it has no host, its host is a number that a URL takes for an address, or its scheme has no port
 *   that bench knows.
 */
export function targetOf(text: string): Target {
  const bare = /^:?(\d+)$/.exec(text)?.[1];
  if (bare !== undefined) throw noHost(text, bare);
  const whole = text.includes('://') ? text : `http://${text}`;
  const url = URL.canParse(whole) ? new URL(whole) : undefined;
  const port = (url?.port ?? '') === '' ? defaultPorts[url?.protocol ?? ''] : Number(url?.port);
  if (url === undefined || url.hostname === '' || port === undefined) {
    throw new Failure('usage', `"${text}" has no host and port`, {
      hint: 'Give a URL or host:port, e.g. bench trace http://127.0.0.1:8080/ or bench trace localhost:5432',
    });
  }
  assertPlainHost(text, hostIn(whole));
  return { host: url.hostname.replace(/^\[|\]$/g, ''), port };
}

/** The host as the user wrote it, before a URL's rules turn it into an address. */
function hostIn(url: string): string {
  return /^[^:]*:\/\/(?:[^/?#]*@)?(\[[^\]]*\]|[^:/?#]*)/.exec(url)?.[1] ?? '';
}

/**
 * Refuses a number in the place of a host. A URL and the resolver take every number for an IPv4 address
 * (WHATWG URL, "IPv4 parser"; inet_aton): 8080 is 0.0.31.144, and 0x7f.1 and 127.1 are 127.0.0.1. A user who
 * types a number most often means a port. A user who means the address can write it out.
 */
function assertPlainHost(text: string, host: string): void {
  const read = URL.canParse(`http://${host}`) ? new URL(`http://${host}`).hostname : host;
  if (!isIPv4(read) || host === read) return;
  if (/^\d+$/.test(host)) throw noHost(text, host);
  throw new Failure('usage', `"${host}" is not a plain host name: a URL reads it as ${read}`, {
    hint: `If you mean that address, write it in full: ${read}`,
  });
}

/** @param number in the place of a host. */
function noHost(text: string, number: string): Failure {
  const port = Number(number);
  return new Failure('usage', `"${text}" has no host`, {
    hint:
      port >= 1 && port <= 65535
        ? `If you mean that port of this machine: bench trace localhost:${port}`
        : 'Give a URL or host:port, e.g. bench trace http://127.0.0.1:8080/ or bench trace localhost:5432',
  });
}

/** How names are resolved, and how long a connection may take. Only tests set them. */
interface Dialling {
  readonly resolve?: LookupFunction;
  readonly seconds?: number;
}

/**
 * Opens a TCP connection and sends nothing.
 * @throws {Failure} casesFailed: no service accepts it, with what that means; usage: the host does not exist;
 *   unfit: no name server says whether it exists.
 */
export function dial(
  { host, port }: Target,
  { resolve: resolveName = lookup, seconds = patienceSeconds }: Dialling = {},
): Promise<Dialled> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, autoSelectFamily: true, lookup: resolveName });
    let resolved = isIP(host) !== 0;
    socket.once('lookup', (error: Error | null) => {
      resolved = error === null;
    });
    const timer = setTimeout(
      () => socket.destroy(resolved ? timedOut(host, port, seconds) : nameServerSilent(host)),
      seconds * 1000,
    );
    socket.once('error', (error) => {
      clearTimeout(timer);
      reject(error instanceof Failure ? error : refused(error, host, port));
    });
    socket.once('connect', () => {
      clearTimeout(timer);
      socket.on('error', () => {}); // a reset shows in closed()
      resolve(held(socket));
    });
  });
}

function held(socket: Socket): Dialled {
  let ended = false;
  for (const event of ['end', 'close'] as const) {
    socket.on(event, () => {
      ended = true;
    });
  }
  socket.resume();
  return {
    local: { address: plain(socket.localAddress), port: socket.localPort ?? 0 },
    remote: { address: plain(socket.remoteAddress), port: socket.remotePort ?? 0 },
    closed: () => ended,
    [Symbol.dispose]: () => socket.destroy(),
  };
}

function plain(address = ''): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, '');
}

function timedOut(host: string, port: number, seconds: number): Failure {
  return new Failure(
    'casesFailed',
    `${endpointText({ address: host, port })} did not accept a connection within ${seconds} s: packets are dropped on the way`,
    {
      hint: "A firewall that drops packets has this effect. Published ports get a rule from Docker; host mode does not. To check this machine's firewall: bench doctor",
    },
  );
}

function nameServerSilent(host: string, cause?: Error): Failure {
  const words = cause === undefined ? '' : `: ${cause.message}`;
  return new Failure('unfit', `the name server did not answer for ${host}${words}`, {
    hint: 'See which name servers are configured: cat /etc/resolv.conf. Or give an address instead of the name.',
    cause,
  });
}

function refused(error: Error & { code?: unknown }, host: string, port: number): Failure {
  if (error.code === 'ENOTFOUND') {
    return new Failure('usage', `there is no host ${host}: ${error.message}`, {
      hint: `Check the spelling of the URL. The names of containers do not resolve on the host: give the port that the container publishes, e.g. localhost:8080, or its address (docker inspect ${host}).`,
      cause: error,
    });
  }
  // getaddrinfo(3): all other errors of name resolution, such as EAI_AGAIN, concern the way to the answer.
  if (String(error.code).startsWith('EAI_')) return nameServerSilent(host, error);
  const reason = error.code === 'ECONNREFUSED' ? 'connection refused' : error.message || String(error.code);
  return new Failure(
    'casesFailed',
    `no process accepts connections at ${endpointText({ address: host, port })}: ${reason}`,
    {
      hint: 'See which processes listen, and on which addresses: ss -ltnp',
      cause: error,
    },
  );
}
